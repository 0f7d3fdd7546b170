#!/usr/bin/env bash
{{ header.hash()|safe }}
#
# Undoes {{ title|comment }} on {{ host|comment }}: the inverse of every step that deploy.sh did, the last first. Models and data stay, unless --purge-data.
{% include "preamble.sh" %}

me=rollback
{% include "operations/failures.sh" %}

{% include "operations/lock.sh" %}

here=$(dirname "${BASH_SOURCE[0]}")
bundle=$(cd "$here/{{ up|safe }}" && pwd)
common=$bundle/../common
state_root=/var/lib/omni/{{ deployment }}

usage() {
  cat <<'USAGE'
Usage: rollback.sh [OPTIONS]

  --dry-run      print each step's commands, and do nothing
  --purge-data   delete models and data as well
  --force        undo every step, also those that deploy.sh has no record of
  -h, --help     print this

Exit codes: 0 done, 1 a step could not be undone, 2 usage.
USAGE
}

{%- for step in steps %}

# {{ step.phase|comment }} {{ step.title|comment }}
rollback_{{ step.function|safe }}() {
{{ step.rollback.body()|safe }}
}
{%- endfor %}

steps=(
{%- for step in steps %}
  {{ step.name }}
{%- endfor %}
)

purge_data=no dry_run=no force=no
while [ $# -gt 0 ]; do
  case $1 in
    --dry-run) dry_run=yes ;;
    --purge-data) purge_data=yes ;;
    --force) force=yes ;;
    -h | --help)
      usage
      exit 0
      ;;
    *)
      usage >&2
      exit 2
      ;;
  esac
  shift || break
done

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

broken=()
for step in "${steps[@]}"; do
  [ -d "$state_root/steps/$step" ] || [ "$force" = yes ] || continue
  say "$step"
  mkdir -p "$state_root/steps/$step"
  set +e
  (
    set -euo pipefail
    export state=$state_root/steps/$step common purge_data
    "rollback_${step//-/_}"
  )
  status=$?
  set -e
  if [ "$status" -eq 0 ]; then
    rm -rf "$state_root/steps/$step"
  else
    broken+=("$step")
  fi
done
if [ -n "${broken[*]-}" ]; then
  fail "could not undo: ${broken[*]}; mend that, then run this again"
fi
rm -rf "$state_root"
say "done"
