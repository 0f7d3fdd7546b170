if [ ! -e "$state/status" ]; then
  say 'the firewall was not changed'
  return 0
fi
was=$(cat "$state/status")
[ "$was" = active ] || ufw --force disable

while IFS='=' read -r key value; do
  value=${value//\"/}
  line=$(sed -nE "/^$key=\"?$value\"?\$/p" /etc/default/ufw)
  [ -z "$line" ] || continue
  case $value in ACCEPT) word=allow ;; REJECT) word=reject ;; *) word=deny ;; esac
  case $key in
    DEFAULT_INPUT_POLICY) ufw default "$word" incoming ;;
    DEFAULT_OUTPUT_POLICY) ufw default "$word" outgoing ;;
    DEFAULT_FORWARD_POLICY) ufw default "$word" routed ;;
  esac
done <"$state/settings"

{% include "firewall/rules.sh" %}
{% include "firewall/own.sh" %}
ipv6=$(sed -n '/^IPV6=/p' "$state/settings")
off=$(sed -nE 's/^IPV6="?no"?$/off/p' "$state/settings" /etc/default/ufw)
# While IPv6 is on, ufw also looks for each rule among those for IPv6. If it was off, they do not exist.
if [[ $ipv6 = *no* ]]; then
  sed -i "s/^IPV6=.*/$ipv6/" /etc/default/ufw
fi
read_rules
for line in "${!rules[@]}"; do
  [[ ${rules[$line]} != "$mark "* ]] || take_away "$line"
done
if [ -n "$off" ]; then
  # While IPv6 is off, ufw drops its rules for IPv6.
  cp -p "$state/user6.rules" /etc/ufw/user6.rules
fi
if [ -n "$ipv6" ]; then
  sed -i "s/^IPV6=.*/$ipv6/" /etc/default/ufw
fi
# ufw reformats these files. If the rules are the same as before, restore the files as they were.
for file in user.rules user6.rules; do
  before=$(sed -n '/^### tuple ###/p' "$state/$file")
  now=$(sed -n '/^### tuple ###/p' "/etc/ufw/$file")
  [ "$before" != "$now" ] || cp -p "$state/$file" "/etc/ufw/$file"
done
for file in /etc/ufw/before6.rules /etc/ufw/after.rules /etc/ufw/after6.rules; do
  sed -i {{ own.strip }} "$file"
done
[ "$was" != active ] || ufw reload

# ufw does not touch this chain, so its rules would stay.
for tables in iptables ip6tables; do
  all=$("$tables" -S)
  if [[ $'\n'$all$'\n' = *$'\n-N DOCKER-USER\n'* ]]; then
    "$tables" -F DOCKER-USER
    while read -ra words; do
      "$tables" "${words[@]}"
    done <"$state/$tables"
    # While Docker runs, its FORWARD chain jumps to this one, which then stays.
    "$tables" -X DOCKER-USER 2>/dev/null || true
  fi
done
