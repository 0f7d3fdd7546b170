status=$(LC_ALL=C ufw status verbose) || return 1
if [[ $status != 'Status: active'* ]]; then
  echo 'ufw is not active'
  return 1
fi
{% include "firewall/rules.sh" %}
{% include "firewall/opens.sh" %}
read_rules
wrong=0
missing=0
lines=({% for line in lines %}{% if !loop.first %} {% endif %}{{ line }}{% endfor %})
declare -A is_declared=()
for line in "${lines[@]}"; do
  is_declared[$line]=yes
  is_declared[${line/ allow/ limit}]=yes
  if [ "${rules[$line]-none}" = none ] && [ "${rules[${line/ allow/ limit}]-none}" = none ]; then
    echo "missing: $line"
    missing=$((missing + 1))
  fi
done
echo "missing rules: $missing of {{ lines.len() }}"
[ "$missing" = 0 ] || wrong=1

# Rules that open more than is declared, and other rules.
undeclared=()
others=()
for line in "${!rules[@]}"; do
  [ -z "${is_declared[$line]-}" ] || continue
  port=none
  if [[ $line =~ ^ufw\ (allow|limit)\ .*\ port\ ([0-9:]+)\ proto\ (tcp|udp)$ ]]; then
    port=${BASH_REMATCH[2]}/${BASH_REMATCH[3]}
  fi
  case $line in
  'ufw allow out '* | 'ufw limit out '* | 'ufw deny '* | 'ufw reject '*) others+=("$line") ;;
  # DOCKER-USER comes first for packets that are forwarded to containers or come from the LAN.
  'ufw route '*) others+=("$line") ;;
  # Part of a rule that allows everybody.
  *) if [ "${is_declared["ufw allow $port"]-}" = yes ]; then others+=("$line"); else undeclared+=("$line"); fi ;;
  esac
done
if [ -n "${undeclared[*]}" ]; then
  echo 'these rules open more than is declared: delete them, or declare them as openings:'
  printf '%s\n' "${undeclared[@]}" | LC_ALL=C sort
  wrong=1
fi
if [ -n "${others[*]}" ]; then
  echo 'these other rules open nothing else:'
  printf '%s\n' "${others[@]}" | LC_ALL=C sort
fi
policies=$(sed -n 's/^Default: //p' <<<"$status")
if [[ ! $policies =~ ^(deny|reject)\ \(incoming\),\ allow\ \(outgoing\),\ (deny|reject|disabled)\ \(routed\)$ ]]; then
  echo "the default policies differ from the emitted ones: $policies"
  wrong=1
fi
filter=$(iptables -S) || return 1
if [[ $'\n'$filter$'\n' != *$'\n-P INPUT DROP\n'* ]]; then
  echo 'packets that match no rule are accepted: the policy of INPUT is not DROP'
  wrong=1
fi
opened=$(opens INPUT)
if [ -n "$opened" ]; then
  echo 'these rules of iptables accept packets before ufw sees them:'
  echo "$opened"
  wrong=1
fi
[ "$wrong" = 0 ]
