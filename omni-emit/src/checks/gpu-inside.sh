{% include "checks/count-gpus.sh" %}
count_gpus {{ count }}{% for word in inside %} {{ word }}{% endfor %}
[ -n "$count" ] || skip "neither nvidia-smi nor sh is inside: it cannot be seen"
[ "$count" -ge {{ count }} ] || fail "$count GPUs are seen inside, not" {{ count }}": $seen; start it again: "{{ again }}
