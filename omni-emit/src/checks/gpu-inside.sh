{% include "checks/count-gpus.sh" %}
count_gpus {{ count }}{% for word in inside %} {{ word }}{% endfor %}
[ -n "$count" ] || skip "the container has neither nvidia-smi nor sh, so its GPUs cannot be counted"
[ "$count" -ge {{ count }} ] || fail "GPUs visible in the container: $count, expected:" {{ count }}" ($seen); restart it: "{{ again }}
