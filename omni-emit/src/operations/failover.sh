#!/usr/bin/env bash
{{ header.hash()|safe }}
#
# Lets a standby on {{ host|comment }} take over, or go again. What must not run beside it is stopped first.
{% include "preamble.sh" %}

me=failover
{% include "operations/failures.sh" %}

bundle=$(dirname "${BASH_SOURCE[0]}")
bundle=$(cd "$bundle/{{ up|safe }}" && pwd)
export bundle

usage() {
  cat <<'USAGE'
Usage: failover.sh [--dry-run] [--back] STANDBY

  STANDBY     takes over from what it replaces:
{%- for standby in standbys %}
                {{ standby.name|safe }} (replaces {{ standby.replaces|safe }})
{%- endfor %}
  --back      the other way: STANDBY stops, and what is normally active starts
  --dry-run   print the commands, and do nothing
  -h, --help  print this

Exit codes: 0 done, 1 a command failed, 2 usage.
USAGE
}
{%- if let Some(project) = project %}

{% include "compose/project.sh" %}
{%- endif %}
{%- for standby in standbys %}

# {{ standby.name|safe }} instead of {{ standby.replaces|safe }}
over_{{ standby.function|safe }}() {
{%- for script in standby.over %}
{{ script.body()|safe }}
{%- endfor %}
}
back_{{ standby.function|safe }}() {
{%- for script in standby.back %}
{{ script.body()|safe }}
{%- endfor %}
}
{%- endfor %}

dry_run=no way=over standby=
while [ $# -gt 0 ]; do
  case $1 in
    --dry-run) dry_run=yes ;;
    --back) way=back ;;
    -h | --help)
      usage
      exit 0
      ;;
    -*)
      usage >&2
      exit 2
      ;;
    *) standby=$1 ;;
  esac
  shift
done
function=${way}_${standby//-/_}
if [ -z "$standby" ] || ! declare -F "$function" >/dev/null; then
  usage >&2
  exit 2
fi
if [ "$dry_run" = yes ]; then
  declare -f "$function"
  exit 0
fi
[ "$EUID" -eq 0 ] || fail "run this as root"
# Who of these runs is decided here, and no longer by what a backup that was cut off has written down.
journal={{ state_root }}/stopped
if [ -e "$journal" ]; then
  sed -i -E '/^({{ decided|safe }}) /d' "$journal"
fi
"$function"
say "done"
