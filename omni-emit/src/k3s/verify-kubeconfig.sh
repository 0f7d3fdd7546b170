mode=$(stat -c %a {{ kubeconfig }}) || fail "k3s has written no kubeconfig"
[ "$mode" = {{ mode }} ] || fail {{ kubeconfig }} "has mode $mode, not" {{ mode }}
