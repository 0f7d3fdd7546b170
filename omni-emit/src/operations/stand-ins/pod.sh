replicas=$(k3s kubectl --namespace {{ namespace }} get deployment {{ deployment }} --ignore-not-found --output 'jsonpath={.spec.replicas}')
[ "${replicas:-0}" -eq 0 ] ||
  fail "{{ standby|safe }} stands in for what would be started: run failover.sh --back {{ standby|safe }} first"
