if [ ! -e "$state/status" ]; then
  say 'the firewall was not touched'
  return 0
fi
was=$(cat "$state/status")
[ "$was" = active ] || ufw --force disable

while IFS='=' read -r key value; do
  value=${value//\"/}
  ! grep -qxE "$key=\"?$value\"?" /etc/default/ufw || continue
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
  ! is_ours "$line" || take_away "$line"
done
# Only now: ufw would have looked for our rules among those for IPv6, where they are not.
ipv6=$(sed -n '/^IPV6=/p' "$state/settings")
if [ -n "$ipv6" ] && ! grep -qxF -- "$ipv6" /etc/default/ufw; then
  # While IPv6 is off, ufw forgets its rules for it.
  cp -p "$state/user6.rules" /etc/ufw/user6.rules
  sed -i "s/^IPV6=.*/$ipv6/" /etc/default/ufw
fi
# ufw writes these files in its own way. Where their rules are those of before, the files are as well.
tuples() { sed -n '/^### tuple ###/p' "$1"; }
for file in user.rules user6.rules; do
  [ "$(tuples "$state/$file")" != "$(tuples "/etc/ufw/$file")" ] || cp -p "$state/$file" "/etc/ufw/$file"
done
for file in /etc/ufw/after.rules /etc/ufw/after6.rules; do
  sed -i {{ own.strip }} "$file"
done
[ "$was" != active ] || ufw reload

# ufw leaves the chain alone, whose rules outlive it.
for tables in iptables ip6tables; do
  if "$tables" -F DOCKER-USER 2>/dev/null; then
    while read -ra words; do
      "$tables" "${words[@]}"
    done <"$state/$tables"
    "$tables" -X DOCKER-USER 2>/dev/null || true
  fi
done
