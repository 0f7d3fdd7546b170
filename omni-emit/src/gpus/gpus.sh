#!/usr/bin/env bash
{{ header.hash()|safe }}
#
# Writes a file for node_exporter with the number of GPUs that each service sees inside its container. A timer runs this script.
{% include "preamble.sh" %}

{% include "checks/count-gpus.sh" %}

folder={{ folder }}
new=$(mktemp "$folder/.gpus.XXXXXX")
trap 'rm -f "$new"' EXIT
# Services that do not run are left out: other alerts cover them.
{%- for service in services %}
set +e
running=$({{ service.running|safe }} 2>/dev/null)
set -e
if [ "$running" = {{ service.runs }} ]; then
  count_gpus {{ service.count }}{% for word in service.inside %} {{ word }}{% endfor %}
  [ -z "$count" ] || echo '{{ metric|safe }}{service="{{ service.name|safe }}"}' "$count" >>"$new"
fi
{%- endfor %}
chmod 0644 "$new"
mv -f "$new" "$folder/{{ file|safe }}"
