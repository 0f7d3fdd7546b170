replicas=$(k3s kubectl --namespace {{ namespace }} get deployment {{ deployment }} --ignore-not-found --output 'jsonpath={.spec.replicas}')
[ "${replicas:-0}" -eq 0 ] ||
  fail "{{ standby|safe }} is running in place of a service that would be started: run failover.sh --back {{ standby|safe }} first"
