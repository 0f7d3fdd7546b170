file=$bundle/{{ folder }}/docker-user.rules
filter=$(iptables -S) || return 1
emitted=$(sed -n '/^-A /p' "$file")
active=$(sed -n '/^-A DOCKER-USER -j RETURN$/d; /^-A DOCKER-USER /p' <<<"$filter")
diff <(echo "$emitted") <(echo "$active") || return 1
bridge={{ bridge }}
[ -d "/sys/class/net/$bridge" ] || skip "the bridge $bridge does not exist yet"
if [[ $filter$'\n' != *$'\n-A FORWARD -j DOCKER-USER\n'* ]]; then
  echo 'the FORWARD chain does not jump to DOCKER-USER'
  return 1
fi
{% include "firewall/opens.sh" %}
opened=$(opens FORWARD DOCKER-USER)
if [ -n "$opened" ]; then
  echo 'these rules accept packets before they reach DOCKER-USER:'
  echo "$opened"
  return 1
fi
if [ "$(cat /proc/sys/net/bridge/bridge-nf-call-iptables)" != 1 ]; then
  echo "packets between containers on $bridge are not filtered (net.bridge.bridge-nf-call-iptables)"
  return 1
fi
echo 'the rules are in place, and forwarded packets reach them first'
