#!/usr/bin/env bash
{{ header.hash()|safe }}
#
# {{ purpose|comment }}
{% include "preamble.sh" %}

bundle=$(dirname "${BASH_SOURCE[0]}")
bundle=$(cd "$bundle/../{{ up|safe }}" && pwd)
common=$bundle/../common
state_root={{ state_root }}
export common state_root

{{ arguments.usage()|safe }}

{% include "operations/waiting.sh" %}
# A check ends with one of these; the text says what it saw.
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
# shellcheck disable=SC2016 # The texts are plain text.
declare -A title_of=(
{%- for check in checks %}
  [{{ check.name|safe }}]={{ check.title }}
{%- endfor %}
)
# shellcheck disable=SC2016 # The texts are plain text.
declare -A expected_of=(
{%- for check in checks %}
  [{{ check.name|safe }}]={{ check.expected }}
{%- endfor %}
)
declare -A step_of=({% for check in checks %}[{{ check.name|safe }}]={{ check.step }} {% endfor %})
declare -A after=({% for check in checks %}{% if let Some(after) = check.after %}[{{ check.name|safe }}]={{ after }} {% endif %}{% endfor %})

{{ arguments.parse()|safe }}
if [ "$list" = yes ]; then
  for check in "${checks[@]}"; do echo "$check: ${title_of[$check]}: ${expected_of[$check]}"; done
  exit 0
fi

exec 3>&2

colour() { if [ -t 1 ] && [ -z "${NO_COLOR-}" ]; then printf '\033[%sm%s\033[0m' "$1" "$2"; else printf '%s' "$2"; fi; }

# Prints a text as a JSON string. Control characters other than line feeds are left out.
json_text() {
  local text
  text=$(printf '%s' "$1" | tr -d '\000-\011\013-\037')
  text=${text//\\/\\\\}
  text=${text//\"/\\\"}
  printf '"%s"' "${text//$'\n'/\\n}"
}

declare -A results seen_by paint=([PASS]=32 [SKIP]=33 [FAIL]=31 [LOADING]=36)
failed=0 skipped=0 loading=0 separator=
# Runs a check once. The check that it depends on runs first, wherever it is in the list.
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
