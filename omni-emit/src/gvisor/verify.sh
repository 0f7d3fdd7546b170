command -v containerd-shim-runsc-v1 >/dev/null || fail "there is no shim for containerd"
runsc --version || fail "runsc does not run"
