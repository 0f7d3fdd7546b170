# On Debian, Python's venv module needs a separate package. If the client is installed already, it is not needed.
client={{ client }}
[ -x "$client" ] || python3 -c 'import ensurepip, venv' 2>/dev/null || fail "install python3-venv"
