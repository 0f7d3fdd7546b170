#!/usr/bin/env bash
{{ header.hash()|safe }}
#
# {{ purpose|comment }}
{% include "preamble.sh" %}

bundle=$(dirname "${BASH_SOURCE[0]}")
bundle=$(cd "$bundle/../{{ up|safe }}" && pwd)
common=$bundle/../common
state_root=/var/lib/omni/{{ deployment }}
export common state_root

usage() {
  cat <<'USAGE'
Usage: {{ name|safe }} [OPTIONS]

  --step STEP    only the checks of STEP
  --json         the results as JSON
  --allow-skip   a check that cannot be made is no failure
  --quiet        print only what is not PASS
  --list         list the checks
  -h, --help     print this

Results: PASS, FAIL, SKIP (the check cannot be made), LOADING (a service is still loading, within its load time).
What a check waits for is printed on standard error.

Exit codes: 0 every check passed, 1 one failed, 2 usage, 4 one was skipped (unless --allow-skip), 5 none failed and a service is still
loading.
USAGE
}

{% include "operations/waiting.sh" %}
# In a check: what it saw, and how it ends.
fail() { echo "$*"; exit 1; }
# shellcheck disable=SC2317 # Checks call it.
skip() { echo "$*"; exit 77; }
# shellcheck disable=SC2317 # Checks call it.
loading() { echo "$*"; exit 78; }
{%- for check in checks %}

# {{ check.title|comment }}: {{ check.expected|comment }}
check_{{ check.function|safe }}() {
{{ check.script.body()|safe }}
}
{%- endfor %}

checks=(
{%- for check in checks %}
  {{ check.name }}
{%- endfor %}
)
# shellcheck disable=SC2016 # These are texts.
declare -A title_of=(
{%- for check in checks %}
  [{{ check.name|safe }}]={{ check.title }}
{%- endfor %}
)
# shellcheck disable=SC2016 # These are texts.
declare -A expected_of=(
{%- for check in checks %}
  [{{ check.name|safe }}]={{ check.expected }}
{%- endfor %}
)
declare -A step_of=({% for check in checks %}[{{ check.name|safe }}]={{ check.step }} {% endfor %})
declare -A after=({% for check in checks %}{% if let Some(after) = check.after %}[{{ check.name|safe }}]={{ after }} {% endif %}{% endfor %})

json=no allow_skip=no quiet=no step=
while [ $# -gt 0 ]; do
  case $1 in
    --json) json=yes ;;
    --allow-skip) allow_skip=yes ;;
    --quiet) quiet=yes ;;
    --step)
      step=${2-}
      shift
      ;;
    --list)
      for check in "${checks[@]}"; do echo "$check: ${title_of[$check]}: ${expected_of[$check]}"; done
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

exec 3>&2

colour() { if [ -t 1 ] && [ -z "${NO_COLOR-}" ]; then printf '\033[%sm%s\033[0m' "$1" "$2"; else printf '%s' "$2"; fi; }

# A text as JSON. Control characters other than the end of a line are left out.
json_text() {
  local text
  text=$(printf '%s' "$1" | tr -d '\000-\011\013-\037')
  text=${text//\\/\\\\}
  text=${text//\"/\\\"}
  printf '"%s"' "${text//$'\n'/\\n}"
}

declare -A results seen_by paint=([PASS]=32 [SKIP]=33 [FAIL]=31 [LOADING]=36)
failed=0 skipped=0 loading=0 separator=
# Makes a check, once; what it depends on comes first, wherever that stands in the list.
judge() {
  local check=$1 needs=${after[$1]-} seen status
  [ -z "${results[$check]-}" ] || return 0
  if [[ -n $needs && ( -z $step || $step = "${step_of[$needs]}" ) ]]; then
    judge "$needs"
  fi
  if [ -n "$needs" ] && [ "${results[$needs]-PASS}" != PASS ]; then
    status=77
    seen="depends on ${title_of[$needs]}, which is ${results[$needs]}"
  else
    set +e
    seen=$(
      set -euo pipefail
      "check_${check//-/_}" 2>&1
    )
    status=$?
    set -e
  fi
  case $status in
    0) results[$check]=PASS ;;
    77) results[$check]=SKIP skipped=$((skipped + 1)) ;;
    78) results[$check]=LOADING loading=$((loading + 1)) ;;
    *) results[$check]=FAIL failed=$((failed + 1)) ;;
  esac
  seen_by[$check]=$seen
}

[ "$json" = no ] || printf '['
for check in "${checks[@]}"; do
  [[ -z $step || $step = "${step_of[$check]}" ]] || continue
  judge "$check"
  result=${results[$check]} seen=${seen_by[$check]}
  if [ "$json" = yes ]; then
    printf '%s\n  {"check": %s, "title": %s, "expected": %s, "result": "%s", "seen": %s}' "$separator" \
      "$(json_text "$check")" "$(json_text "${title_of[$check]}")" "$(json_text "${expected_of[$check]}")" "$result" \
      "$(json_text "$seen")"
    separator=,
  elif [ "$quiet" = no ] || [ "$result" != PASS ]; then
    printf '%s  %s' "$(colour "${paint[$result]}" "$result")" "${title_of[$check]}"
    [ "$result" = PASS ] || printf ': %s (expected: %s)' "${seen:-no answer}" "${expected_of[$check]}"
    printf '\n'
  fi
done
[ "$json" = no ] || printf '\n]\n'
[ "$failed" -eq 0 ] || exit 1
[ "$loading" -eq 0 ] || exit 5
[ "$skipped" -eq 0 ] || [ "$allow_skip" = yes ] || exit 4
