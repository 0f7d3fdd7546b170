#!/usr/bin/env bash
{{ header.hash()|safe }}
#
# Deploys {{ title|comment }} on {{ host|comment }}, step by step. A second run changes nothing that is as it should be.
{% include "preamble.sh" %}

me=deploy
{% include "operations/failures.sh" %}

{% include "operations/lock.sh" %}

here=$(dirname "${BASH_SOURCE[0]}")
here=$(cd "$here" && pwd)
bundle=$(cd "$here/{{ up|safe }}" && pwd)
common=$(cd "$bundle/../common" && pwd)
state_root=/var/lib/omni/{{ deployment }}
option={{ option }}

usage() {
  cat <<'USAGE'
Usage: deploy.sh [OPTIONS]

  --dry-run         print each step's files and commands, and do nothing
  --from STEP       begin with STEP; what stands before it is verified first
  --skip-preflight  begin without verify/preflight.sh
{%- if let Some(word) = word %}
  --confirm WORD    the word that this deployment waits for
{%- endif %}
  --list            list the steps
  -h, --help        print this

Exit codes: 0 done, 1 a step failed, 2 usage, 3 the machine must start anew: go on afterwards as the last line says.
USAGE
}

{%- for step in steps %}

# {{ step.phase|comment }} {{ step.title|comment }}
{%- if !step.remember.is_empty() %}
remember_{{ step.function|safe }}() {
{{ step.remember.body()|safe }}
}
{%- endif %}
apply_{{ step.function|safe }}() {
{{ step.apply.body()|safe }}
}
{%- endfor %}

# What there is to do, in order.
steps=(
{%- for step in steps %}
  {{ step.name }}
{%- endfor %}
)
declare -A reboot_after=({% for step in steps %}{% if step.reboot %}[{{ step.name|safe }}]=yes {% endif %}{% endfor %})
# shellcheck disable=SC2016 # These are texts.
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

dry_run=no preflight=yes
from=
{%- if word.is_some() %}
confirmed=
{%- endif %}
while [ $# -gt 0 ]; do
  case $1 in
    --dry-run) dry_run=yes ;;
    --skip-preflight) preflight=no ;;
    --from)
      from=${2-}
      shift
      ;;
{%- if word.is_some() %}
    --confirm)
      confirmed=${2-}
      shift
      ;;
{%- endif %}
    --list)
      for step in "${steps[@]}"; do echo "$step: ${title_of[$step]}"; done
      exit 0
      ;;
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
if [ -n "$from" ] && [ -z "${title_of[$from]-}" ]; then
  echo "deploy: there is no step $from; the steps are: ${steps[*]}" >&2
  exit 2
fi

if [ "$dry_run" = yes ]; then
  for step in "${steps[@]}"; do
    echo "== $step: ${title_of[$step]}"
    for file in ${files_of[$step]}; do echo "   file $file"; done
    declare -f "apply_${step//-/_}"
    [ -z "${reboot_after[$step]-}" ] || echo "== the machine starts anew"
  done
  exit 0
fi

[ "$EUID" -eq 0 ] || fail "run this as root"
{%- if let Some(word) = word %}
status={{ status }}
[ "$confirmed" = {{ word }} ] || fail "this deployment waits for a word: --confirm WORD ($status)"
{%- endif %}
if [ "$preflight" = yes ]; then
  say "preflight: is the machine as the deployment needs it?"
  "$here/verify/preflight.sh" --quiet --allow-skip ||
    fail "preflight failed, and nothing was changed: mend what is named above, or go on without this check with --skip-preflight"
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

# run WHAT STEP [SUFFIX]: a function in a shell of its own, which its first failing command ends, and then this one. It is called
# plainly: where a status is judged (`run … || …`, `if run …`), bash ignores errexit in all that runs, also in that shell.
run() {
  local status
  set +e
  (
    set -e
    export state=$state_root/steps/$2${3-} common
    "$1_${2//-/_}"
  )
  status=$?
  set -e
  [ "$status" -eq 0 ] || fail "step $2 failed: mend it, then go on with --from $2"
}

# Whether a step is as it should be. While a service is still loading, within its load time, it is.
verified() {
  local status=0
  "$here/verify/verify.sh" --quiet --allow-skip --step "$1" || status=$?
  case $status in 0 | 5) ;; *) return 1 ;; esac
}

skipping=$from
for step in "${steps[@]}"; do
  if [ -n "$skipping" ] && [ "$step" != "$skipping" ]; then
    # shellcheck disable=SC2310 # A check is asked: its status is the answer.
    verified "$step" || fail "step $step is not as it should be: begin with --from $step"
    continue
  fi
  skipping=
  say "$step: ${title_of[$step]}"
  if [ ! -d "$state_root/steps/$step" ]; then
    # Under another name until all is remembered: half a memory would undo too little.
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
    say "the machine must start anew: reboot, then run this again"
    exit 3
  fi
done
say "done: verify/verify.sh judges it"
