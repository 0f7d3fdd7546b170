LC_ALL=C ufw status | sed -n 's/^Status: //p' >"$state/status"
grep -E '^(IPV6|DEFAULT_(INPUT|OUTPUT|FORWARD)_POLICY)=' /etc/default/ufw >"$state/settings"
# While IPv6 is off, ufw forgets its rules for it.
cp -p /etc/ufw/user6.rules "$state/user6.rules"
for tables in iptables ip6tables; do
  { "$tables" -S DOCKER-USER 2>/dev/null || true; } | sed -n '/^-A /p' >"$state/$tables"
done
