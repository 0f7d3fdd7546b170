running=$(docker ps --quiet --filter {{ filter }})
[ -z "$running" ] ||
  fail "{{ standby|safe }} stands in for what would be started: run failover.sh --back {{ standby|safe }} first"
