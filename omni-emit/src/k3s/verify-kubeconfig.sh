mode=$(stat -c %a {{ kubeconfig }}) || fail "k3s has not written a kubeconfig"
[ "$mode" = {{ mode }} ] || fail {{ kubeconfig }} "has mode $mode instead of" {{ mode }}
