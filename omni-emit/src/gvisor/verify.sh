{% include "gvisor/release.sh" %}
command -v containerd-shim-runsc-v1 >/dev/null || fail "there is no shim for containerd"
runsc --version || fail "runsc does not run"
installed=$(release)
[ "$installed" -ge {{ release }} ] || fail "$(command -v runsc) is older than the release of" {{ release }}
