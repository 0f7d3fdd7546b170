LC_ALL=C ufw status | sed -n 's/^Status: //p' >"$state/status"
grep -E '^(IPV6|DEFAULT_(INPUT|OUTPUT|FORWARD)_POLICY)=' /etc/default/ufw >"$state/settings"
cp -p /etc/ufw/user.rules /etc/ufw/user6.rules "$state"
for tables in iptables ip6tables; do
  "$tables" -S | sed -n '/^-A DOCKER-USER /p' >"$state/$tables"
done
