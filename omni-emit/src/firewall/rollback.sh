if [ ! -e "$state/status" ]; then
  say 'the firewall was not touched'
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
read_rules
for line in "${!rules[@]}"; do
  [[ ${rules[$line]} != "$mark "* ]] || take_away "$line"
done
# Only now: ufw would have looked for our rules among those for IPv6, where they are not.
ipv6=$(sed -n '/^IPV6=/p' "$state/settings")
if [ -n "$ipv6" ] && ! grep -qxF -- "$ipv6" /etc/default/ufw; then
  # While IPv6 is off, ufw forgets its rules for it.
  cp -p "$state/user6.rules" /etc/ufw/user6.rules
  sed -i "s/^IPV6=.*/$ipv6/" /etc/default/ufw
fi
# ufw writes these files in its own way. Where their rules are those of before, the files are as well.
for file in user.rules user6.rules; do
  before=$(sed -n '/^### tuple ###/p' "$state/$file")
  now=$(sed -n '/^### tuple ###/p' "/etc/ufw/$file")
  [ "$before" != "$now" ] || cp -p "$state/$file" "/etc/ufw/$file"
done
for file in /etc/ufw/after.rules /etc/ufw/after6.rules; do
  sed -i {{ own.strip }} "$file"
done
[ "$was" != active ] || ufw reload

# ufw leaves the chain alone, whose rules outlive it.
for tables in iptables ip6tables; do
  all=$("$tables" -S)
  if [[ $'\n'$all$'\n' = *$'\n-N DOCKER-USER\n'* ]]; then
    "$tables" -F DOCKER-USER
    while read -ra words; do
      "$tables" "${words[@]}"
    done <"$state/$tables"
    # Where Docker runs, its FORWARD chain leads there, and the chain stays.
    "$tables" -X DOCKER-USER 2>/dev/null || true
  fi
done
