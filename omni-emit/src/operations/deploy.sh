#!/usr/bin/env bash
{{ header.hash()|safe }}
#
# Deploys {{ title|comment }} on {{ host|comment }}, step by step. A second run changes nothing that is already in place.
{% include "preamble.sh" %}

me=deploy
{% include "operations/failures.sh" %}

{% include "operations/lock.sh" %}

here=$(dirname "${BASH_SOURCE[0]}")
here=$(cd "$here" && pwd)
bundle=$(cd "$here/{{ up|safe }}" && pwd)
common=$(cd "$bundle/../common" && pwd)
export common
state_root={{ state_root }}
option={{ option }}

{{ arguments.usage()|safe }}
{%- for step in steps %}

# Step {{ step.name|safe }}: {{ step.title|comment }}
{%- if !step.remember.is_empty() %}
remember_{{ step.function|safe }}() {
{{ step.remember.body()|safe }}
}
{%- endif %}
apply_{{ step.function|safe }}() {
{{ step.apply.body()|safe }}
}
{%- endfor %}

# The steps, in order.
steps=(
{%- for step in steps %}
  {{ step.name }}
{%- endfor %}
)
declare -A reboot_after=({% for step in steps %}{% if step.reboot %}[{{ step.name|safe }}]=yes {% endif %}{% endfor %})
# shellcheck disable=SC2016 # The titles are plain text.
declare -A title_of=(
{%- for step in steps %}
  [{{ step.name|safe }}]={{ step.title }}
{%- endfor %}
)
declare -A files_of=(
{%- for step in steps %}
  [{{ step.name|safe }}]={{ step.files }}
{%- endfor %}
)

{{ arguments.parse()|safe }}
if [ "$list" = yes ]; then
  for step in "${steps[@]}"; do echo "$step: ${title_of[$step]}"; done
  exit 0
fi
if [ -n "$from" ] && [ -z "${title_of[$from]-}" ]; then
  echo "deploy: there is no step $from; the steps are: ${steps[*]}" >&2
  exit 2
fi

if [ "$dry_run" = yes ]; then
  for step in "${steps[@]}"; do
    echo "== $step: ${title_of[$step]}"
    for file in ${files_of[$step]}; do echo "   file $file"; done
    declare -f "apply_${step//-/_}"
    [ -z "${reboot_after[$step]-}" ] || echo "== the machine must be rebooted"
  done
  exit 0
fi

[ "$EUID" -eq 0 ] || fail "run this as root"
{%- if let Some(word) = word %}
status={{ status }}
[ "$confirm" = {{ word }} ] || fail "this deployment must be confirmed with --confirm WORD ($status)"
{%- endif %}
if [ "$skip_preflight" = no ]; then
  say "preflight: does the machine meet the deployment's requirements?"
  "$here/verify/preflight.sh" --quiet --allow-skip ||
    fail "the preflight failed and nothing was changed: fix what is listed above, or leave the preflight out with --skip-preflight"
fi
mkdir -p "$state_root/steps"
chmod 700 "$state_root/steps"
lock
installed=
if [ -e "$state_root/option" ]; then
  installed=$(cat "$state_root/option")
fi
[ -z "$installed" ] || [ "$installed" = "$option" ] ||
  fail "option $installed is installed on this machine: run its rollback.sh first"
echo "$option" >"$state_root/option"

{% include "operations/attempt.sh" %}
# run WHAT STEP [SUFFIX]: runs a function of a step, and stops if it fails.
run() {
  local status
  local -x state=$state_root/steps/$2${3-}
  attempt "$1_${2//-/_}"
  [ "$status" -eq 0 ] || fail "step $2 failed: fix the cause, then continue with --from $2"
}

# Whether a step passes its checks. A service that is still loading, within its load time, passes.
verified() {
  local status=0
  "$here/verify/verify.sh" --quiet --allow-skip --step "$1" || status=$?
  case $status in 0 | 5) ;; *) return 1 ;; esac
}

skipping=$from
for step in "${steps[@]}"; do
  if [ -n "$skipping" ] && [ "$step" != "$skipping" ]; then
    # shellcheck disable=SC2310 # The exit status is the answer.
    verified "$step" || fail "step $step does not pass its checks: start with --from $step"
    continue
  fi
  skipping=
  say "$step: ${title_of[$step]}"
  if [ ! -d "$state_root/steps/$step" ]; then
    # Under another name until everything is saved: an incomplete record would undo too little.
    remembered=$state_root/steps/$step.new
    rm -rf "$remembered"
    mkdir "$remembered"
    if declare -F "remember_${step//-/_}" >/dev/null; then
      run remember "$step" .new
    fi
    mv "$remembered" "$state_root/steps/$step"
  fi
  run apply "$step"
  # shellcheck disable=SC2310 # As above.
  if [ -n "${reboot_after[$step]-}" ] && ! verified "$step" >/dev/null; then
    say "the machine must be rebooted: reboot it, then run this again"
    exit 3
  fi
done
say "done: run verify/verify.sh for the full verification"
