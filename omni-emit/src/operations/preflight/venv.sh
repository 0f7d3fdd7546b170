# Debian keeps a part of Python's module venv in a package of its own. Where the client is there already, nothing is installed.
client={{ client }}
[ -x "$client" ] || python3 -c 'import ensurepip, venv' 2>/dev/null || fail "install python3-venv"
