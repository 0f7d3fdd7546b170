restarts() {
  namespaces=({% for namespace in namespaces %}{% if !loop.first %} {% endif %}{{ namespace }}{% endfor %})
  for namespace in "${namespaces[@]}"; do
    k3s kubectl --namespace "$namespace" get pods --output 'jsonpath={range .items[*]}{.metadata.name} {.status.phase} {.status.containerStatuses[*].restartCount}{"\n"}{end}'
  done
}
before=$(restarts)
for ((left = {{ window }}; left > 0; left -= 10)); do
  progress "watching whether pods restart, for $left s more"
  sleep $((left < 10 ? left : 10))
done
after=$(restarts)
[ -n "$after" ] || fail "there are no pods"
[ "$before" = "$after" ] || fail "before: $before; now: $after"
odd=$(awk '$2 != "Running"' <<<"$after")
[ -z "$odd" ] || fail "$odd"
