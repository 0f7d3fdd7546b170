file=$bundle/{{ file }}
emitted=$(sed -n '/^-A /p' "$file")
active=$(iptables -S DOCKER-USER | sed -n '/^-A DOCKER-USER -j RETURN$/d; /^-A /p')
diff <(echo "$emitted") <(echo "$active") || return 1
bridge={{ bridge }}
[ -d "/sys/class/net/$bridge" ] || skip "$bridge is not there yet"
forward=$(iptables -S FORWARD) || return 1
if [[ $forward$'\n' != *'-A FORWARD -j DOCKER-USER'$'\n'* ]]; then
  echo 'nothing is sent through DOCKER-USER'
  return 1
fi
if [ "$(cat /proc/sys/net/bridge/bridge-nf-call-iptables)" != 1 ]; then
  echo "what containers on $bridge send each other meets no rule (net.bridge.bridge-nf-call-iptables)"
  return 1
fi
echo 'the rules are in place, and forwarded packets meet them'
