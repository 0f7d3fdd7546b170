{% include "gvisor/release.sh" %}
command -v containerd-shim-runsc-v1 >/dev/null || fail "containerd-shim-runsc-v1 is missing"
runsc --version || fail "runsc does not run"
installed=$(release)
[ "$installed" -ge {{ release }} ] || fail "$(command -v runsc) is older than the release of" {{ release }}
