# firewalld and ufw would overwrite each other's rules.
if command -v firewall-cmd >/dev/null; then
  state=$(firewall-cmd --state 2>&1 || true)
  [ "$state" != running ] || fail "firewalld is running: stop it first (systemctl disable --now firewalld)"
fi
