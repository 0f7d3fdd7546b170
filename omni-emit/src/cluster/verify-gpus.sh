count=$(k3s kubectl get nodes --output 'jsonpath={.items[0].status.allocatable.nvidia\.com/gpu}') || fail "k3s does not answer"
[ "${count:-0}" -eq {{ count }} ] || fail "the node has ${count:-no} nvidia.com/gpu"
