if [ ! -e /proc/net/if_inet6 ]; then
  echo 'the kernel has no IPv6'
  return 0
fi
file=$bundle/{{ folder }}/deny6.rules
filter=$(ip6tables -S) || return 1
for chain in input output forward; do
  emitted=$(sed -n "/^-A ufw6-before-$chain /p" "$file")
  # After these, ufw has its jump to the user's rules, which no packet reaches.
  active=$(sed -n "/^-A ufw6-before-$chain -j ufw6-user-$chain\$/d; /^-A ufw6-before-$chain /p" <<<"$filter")
  diff <(echo "$emitted") <(echo "$active") || return 1
done
for line in '-P INPUT DROP' '-P FORWARD DROP' '-A INPUT -j ufw6-before-input' '-A OUTPUT -j ufw6-before-output'; do
  if [[ $'\n'$filter$'\n' != *$'\n'"$line"$'\n'* ]]; then
    echo "ip6tables has no rule $line"
    return 1
  fi
done
{% include "firewall/opens.sh" %}
opened=$(opens INPUT ufw6-before-input)
if [ -n "$opened" ]; then
  echo 'these rules accept incoming IPv6 connections:'
  echo "$opened"
  return 1
fi
echo 'new incoming IPv6 connections are dropped, and outgoing ones are refused at once'
