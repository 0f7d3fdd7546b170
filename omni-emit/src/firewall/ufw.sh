#!/usr/bin/env bash
{{ header.hash()|safe }}
#
# The firewall of `{{ host|comment }}`: ufw for what reaches the host itself, DOCKER-USER for what is forwarded to and from
# containers. It adds and takes away its own rules only, and a second time it changes nothing.
{% include "preamble.sh" %}

me=firewall
{% include "operations/failures.sh" %}

here=$(dirname -- "${BASH_SOURCE[0]}")
here=$(cd -- "$here" && pwd)
[ "$EUID" -eq 0 ] || fail 'run this as root'
for tool in ufw iptables-restore ip6tables-restore; do
  command -v "$tool" >/dev/null || fail "$tool is missing: install ufw and iptables"
done

{% include "firewall/rules.sh" %}
{% include "firewall/own.sh" %}

declare -A declared=()
# rule PURPOSE WORD…: allows it, unless it is allowed already.
rule() {
  local purpose=$1 line="ufw ${*:2}" other
  # So ufw shows it.
  [ "$line" = 'ufw allow to any' ] || line=${line% to any}
  [ "$line" != 'ufw allow ssh' ] || line='ufw allow 22/tcp'
  declared[$line]=yes
  if [ "${rules[$line]-none}" != none ] && [[ ${rules[$line]} != "$mark "* ]] || [ "${rules[${line/ allow/ limit}]-none}" != none ]; then
    say "there already, and not ours: $line"
    return
  fi
  for other in deny reject; do
    [ "${rules[${line/ allow/ $other}]-none}" = none ] || fail "a rule of somebody else stands against it: $line"
  done
  [ "${rules[$line]-none}" = "$mark $purpose" ] || ufw "${@:2}" comment "$mark $purpose"
}

# DOCKER-USER belongs to one. What somebody else has put there is neither mixed with ours nor lost.
changed=no
chain() {
  "$1" -S | sed -n '/^-A DOCKER-USER -j RETURN$/d; /^-A DOCKER-USER /p'
}
block() {
  local file=$1 ours=$2 tables=$3 text kept added active foreign=$'\n[^#\n]*DOCKER-USER'
  text=$(cat "$file")
  added=$(cat "$ours")
  kept=$(sed {{ own.strip }} "$file")
  active=$(chain "$tables")
  if [[ $'\n'$kept =~ $foreign ]]; then
    fail "$file has rules of somebody else for DOCKER-USER: take them out first"
  fi
  if [ "$kept" = "$text" ] && [ -n "$active" ]; then
    fail "DOCKER-USER has rules of somebody else: take them out first (see $tables -S DOCKER-USER)"
  fi
  "$tables-restore" --noflush --test <"$ours" || fail "$tables refuses $ours"
  [ "$kept"$'\n'"$added" != "$text" ] || return 0
  cp -p "$file" "$file.omni"
  printf '%s\n' "$kept" "$added" >"$file.omni"
  mv "$file.omni" "$file"
  changed=yes
}
block /etc/ufw/after.rules "$here/docker-user.rules" iptables
block /etc/ufw/after6.rules "$here/docker-user6.rules" ip6tables

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
setting IPV6 {{ ipv6 }}
setting DEFAULT_INPUT_POLICY DROP deny incoming
setting DEFAULT_OUTPUT_POLICY ACCEPT allow outgoing
setting DEFAULT_FORWARD_POLICY DROP deny routed

ssh={{ ssh }}
if [ "${rules[$ssh]-none}" = none ] && [ "${rules[${ssh/ allow/ limit}]-none}" = none ]; then
  fail "no rule allows SSH, so ufw is not enabled: $ssh"
fi
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
[ "$active_chain" = "$declared_chain" ] || fail 'DOCKER-USER is not what it should be: see iptables -S DOCKER-USER'
say 'ufw is active, and DOCKER-USER is in place'
