nodes=(/sys/devices/system/node/node[0-9]*)
have=0
for node in "${nodes[@]}"; do [ ! -d "$node" ] || have=$((have + 1)); done
[ "$have" -eq {{ nodes }} ] || fail "NUMA nodes found: $have; the firmware's NPS setting decides how many there are"
