k3s kubectl --namespace {{ namespace }} scale deployment {{ deployment }} --replicas=0
# The memory is free once the pods are gone.
tries=150
while :; do
  pods=$(k3s kubectl --namespace {{ namespace }} get pods --selector app.kubernetes.io/name={{ service }} --output name)
  [ -n "$pods" ] || break
  tries=$((tries - 1))
  progress "waiting until these pods are gone, for $((tries * 2)) s at most:" {{ service }}
  [ "$tries" -gt 0 ] || fail "pods are still there after five minutes:" {{ service }}
  sleep 2
done
