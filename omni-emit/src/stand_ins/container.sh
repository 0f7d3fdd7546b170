running=$(docker ps --quiet --filter {{ filter }})
[ -z "$running" ] ||
  fail "{{ standby|safe }} is running in place of a service that would be started: run failover.sh --back {{ standby|safe }} first"
