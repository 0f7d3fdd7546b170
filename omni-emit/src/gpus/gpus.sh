#!/usr/bin/env bash
{{ header.hash()|safe }}
#
# Writes down how many GPUs each service sees from inside its container, for node_exporter. A timer runs it.
{% include "preamble.sh" %}

{% include "checks/count-gpus.sh" %}

folder={{ folder }}
new=$(mktemp "$folder/.gpus.XXXXXX")
trap 'rm -f "$new"' EXIT
# What does not run sees nothing: that is for other alerts.
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
