#!/usr/bin/env bash
{{ header.hash()|safe }}
#
# Starts a standby on {{ host|comment }} in place of other services, or goes back. Services that must not run beside it are stopped first.
{% include "preamble.sh" %}

me=failover
{% include "operations/failures.sh" %}

bundle=$(dirname "${BASH_SOURCE[0]}")
bundle=$(cd "$bundle/{{ up|safe }}" && pwd)
export bundle

{{ arguments.usage()|safe }}
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

{{ arguments.parse()|safe }}
way=over
[ "$back" = no ] || way=back
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
# This decides which of these services run. Entries that an interrupted backup has left no longer count.
journal={{ state_root }}/stopped
if [ -e "$journal" ]; then
  sed -i -E '/^({{ decided|safe }}) /d' "$journal"
fi
"$function"
say "done"
