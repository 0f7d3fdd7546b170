#!/usr/bin/env bash
{{ header.hash()|safe }}
#
# The firewall of `{{ host|comment }}`: ufw for traffic to the host itself, DOCKER-USER for traffic forwarded to and from containers.
# It adds and removes only its own rules. A second run changes nothing.
{% include "preamble.sh" %}

me=firewall
{% include "operations/failures.sh" %}

here=$(dirname -- "${BASH_SOURCE[0]}")
here=$(cd -- "$here" && pwd)
[ "$EUID" -eq 0 ] || fail 'run this as root'
for tool in ufw iptables-restore ip6tables-restore ss; do
  command -v "$tool" >/dev/null || fail "$tool is missing: install ufw, iptables and iproute2"
done

{% include "firewall/rules.sh" %}
{% include "firewall/own.sh" %}

declare -A declared=()
# rule PURPOSE WORD…: adds a rule unless it exists already.
rule() {
  local purpose=$1 line="ufw ${*:2}" other
  # ufw shows it in this form.
  [ "$line" = 'ufw allow to any' ] || line=${line% to any}
  [ "$line" != 'ufw allow ssh' ] || line='ufw allow 22/tcp'
  declared[$line]=yes
  if [ "${rules[$line]-none}" != none ] && [[ ${rules[$line]} != "$mark "* ]] || [ "${rules[${line/ allow/ limit}]-none}" != none ]; then
    say "this rule exists already and is not managed by Omni: $line"
    return
  fi
  for other in deny reject; do
    [ "${rules[${line/ allow/ $other}]-none}" = none ] || fail "an existing rule contradicts this one: $line"
  done
  [ "${rules[$line]-none}" = "$mark $purpose" ] || ufw "${@:2}" comment "$mark $purpose"
}

# DOCKER-USER has one owner. Rules that somebody else has put there are neither mixed with these nor lost.
changed=no
chain() {
  "$1" -S | sed -n '/^-A DOCKER-USER -j RETURN$/d; /^-A DOCKER-USER /p'
}
# put FILE [RULES]: writes one of ufw's files with Omni's block at its end, or without it.
put() {
  local file=$1 text wanted
  text=$(cat "$file")
  wanted=$(sed {{ own.strip }} "$file")
  if [ $# -gt 1 ]; then
    wanted=$wanted$'\n'$(cat "$2")
  fi
  [ "$wanted" != "$text" ] || return 0
  cp -p "$file" "$file.omni"
  printf '%s\n' "$wanted" >"$file.omni"
  mv "$file.omni" "$file"
  changed=yes
}
block() {
  local file=$1 ours=$2 tables=$3 text kept active foreign=$'\n[^#\n]*DOCKER-USER'
  text=$(cat "$file")
  kept=$(sed {{ own.strip }} "$file")
  active=$(chain "$tables")
  if [[ $'\n'$kept =~ $foreign ]]; then
    fail "$file has other rules for DOCKER-USER: remove them first"
  fi
  if [ "$kept" = "$text" ] && [ -n "$active" ]; then
    fail "DOCKER-USER has other rules: remove them first (see $tables -S DOCKER-USER)"
  fi
  "$tables-restore" --noflush --test <"$ours" || fail "$tables rejects $ours"
  put "$file" "$ours"
}
block /etc/ufw/after.rules "$here/docker-user.rules" iptables
block /etc/ufw/after6.rules "$here/docker-user6.rules" ip6tables
{%- if deny6 %}
# If the kernel has no IPv6, ufw must not use it.
ipv6=no
before6=()
if [ -e /proc/net/if_inet6 ]; then
  ipv6=yes
  before6=("$here/deny6.rules")
  ip6tables-restore --noflush --test <"${before6[0]}" || fail "ip6tables rejects ${before6[0]}"
  # sudo has removed the session's variables, so ask for the sessions.
  sessions=$(ss -6Htn state established "( sport = :{{ ssh_port }} )" | awk '$4 !~ /^\[::ffff:/ { print $4 }')
  if [ -n "$sessions" ]; then
    say "existing SSH sessions over IPv6 continue, but new ones are refused: next time, connect to" {{ address }} "(now from: ${sessions//$'\n'/, })"
  fi
fi
put /etc/ufw/before6.rules "${before6[@]}"
{%- else %}
ipv6=yes
put /etc/ufw/before6.rules
{%- endif %}

# SSH first.
read_rules
{%- for rule in rules %}
rule {{ rule.purpose }}{% for word in rule.words %} {{ word }}{% endfor %}
{%- endfor %}

read_rules
for line in "${!rules[@]}"; do
  if [[ ${rules[$line]} = "$mark "* && -z ${declared[$line]-} ]]; then
    take_away "$line"
  fi
done

setting() {
  local line
  line=$(sed -nE "/^$1=\"?$2\"?\$/p" /etc/default/ufw)
  [ -z "$line" ] || return 0
  if [ "$1" = IPV6 ]; then
    sed -i "s/^IPV6=.*/IPV6=$2/" /etc/default/ufw
  else
    ufw default "${@:3}"
  fi
  changed=yes
}
setting IPV6 "$ipv6"
setting DEFAULT_INPUT_POLICY DROP deny incoming
setting DEFAULT_OUTPUT_POLICY ACCEPT allow outgoing
setting DEFAULT_FORWARD_POLICY DROP deny routed

ssh={{ ssh }}
if [ "${rules[$ssh]-none}" = none ] && [ "${rules[${ssh/ allow/ limit}]-none}" = none ]; then
  fail "no rule allows SSH, so ufw is not enabled: $ssh"
fi
{%- if deny6 %}
chains6() {
  sed -n '/ -j ufw6-user-/d; /^-A ufw6-before-\(input\|output\|forward\) /p' | LC_ALL=C sort
}
if [ -n "${before6[*]}" ]; then
  declared6=$(chains6 <"${before6[0]}")
  active6=$(ip6tables -S | chains6)
  [ "$active6" = "$declared6" ] || changed=yes
fi
{%- endif %}
declared_chain=$(grep '^-A ' "$here/docker-user.rules")
status=$(LC_ALL=C ufw status)
if [[ $status != 'Status: active'* ]]; then
  ufw --force enable
else
  active_chain=$(chain iptables)
  if [ "$changed" = yes ] || [ "$active_chain" != "$declared_chain" ]; then
    ufw reload
  fi
fi
active_chain=$(chain iptables)
[ "$active_chain" = "$declared_chain" ] || fail 'DOCKER-USER does not have the emitted rules: see iptables -S DOCKER-USER'
say 'ufw is active, and DOCKER-USER is in place'
