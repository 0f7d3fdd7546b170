version=$(k3s --version | awk 'NR == 1 { print $3 }')
[ "$version" = {{ release }} ] || fail "k3s $version is installed instead of" {{ release }}
nodes=$(k3s kubectl get nodes --no-headers) || fail "k3s does not answer"
echo "$nodes"
awk '{ ready += $2 == "Ready" } END { exit !(NR == 1 && ready == 1) }' <<<"$nodes" || fail "the cluster does not have exactly one ready node"
