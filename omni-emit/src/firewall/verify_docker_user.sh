file=$bundle/{{ folder }}/docker-user.rules
filter=$(iptables -S) || return 1
emitted=$(sed -n '/^-A /p' "$file")
active=$(sed -n '/^-A DOCKER-USER -j RETURN$/d; /^-A DOCKER-USER /p' <<<"$filter")
diff <(echo "$emitted") <(echo "$active") || return 1
bridge={{ bridge }}
[ -d "/sys/class/net/$bridge" ] || skip "$bridge is not there yet"
if [[ $filter$'\n' != *$'\n-A FORWARD -j DOCKER-USER\n'* ]]; then
  echo 'nothing is sent through DOCKER-USER'
  return 1
fi
{% include "firewall/opens.sh" %}
opened=$(opens FORWARD DOCKER-USER)
if [ -n "$opened" ]; then
  echo 'these rules let packets through before they meet DOCKER-USER:'
  echo "$opened"
  return 1
fi
if [ "$(cat /proc/sys/net/bridge/bridge-nf-call-iptables)" != 1 ]; then
  echo "what containers on $bridge send each other meets no rule (net.bridge.bridge-nf-call-iptables)"
  return 1
fi
echo 'the rules are in place, and forwarded packets meet them first'
