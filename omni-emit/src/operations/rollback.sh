#!/usr/bin/env bash
{{ header.hash()|safe }}
#
# Undoes {{ title|comment }} on {{ host|comment }}: every step that deploy.sh has done, starting with the last. Models and data stay unless
# --purge-data is given.
{% include "preamble.sh" %}

me=rollback
{% include "operations/failures.sh" %}

{% include "operations/lock.sh" %}

here=$(dirname "${BASH_SOURCE[0]}")
bundle=$(cd "$here/{{ up|safe }}" && pwd)
common=$bundle/../common
export common
state_root={{ state_root }}

{{ arguments.usage()|safe }}
{%- for step in steps %}

# Step {{ step.name|safe }}: {{ step.title|comment }}
rollback_{{ step.function|safe }}() {
{{ step.rollback.body()|safe }}
}
{%- endfor %}

steps=(
{%- for step in steps %}
  {{ step.name }}
{%- endfor %}
)

{{ arguments.parse()|safe }}
export purge_data

if [ "$dry_run" = yes ]; then
  for step in "${steps[@]}"; do
    declare -f "rollback_${step//-/_}"
  done
  exit 0
fi

[ "$EUID" -eq 0 ] || fail "run this as root"
if [ ! -d "$state_root" ] && [ "$force" = no ]; then
  say "nothing is deployed"
  exit 0
fi
mkdir -p "$state_root/steps"
lock

{% include "operations/attempt.sh" %}
broken=()
for step in "${steps[@]}"; do
  [ -d "$state_root/steps/$step" ] || [ "$force" = yes ] || continue
  say "$step"
  mkdir -p "$state_root/steps/$step"
  export state=$state_root/steps/$step
  attempt "rollback_${step//-/_}"
  if [ "$status" -eq 0 ]; then
    rm -rf "$state_root/steps/$step"
  else
    broken+=("$step")
  fi
done
if [ -n "${broken[*]-}" ]; then
  fail "these steps could not be undone: ${broken[*]}; fix the cause, then run this again"
fi
rm -rf "$state_root"
say "done"
