if command -v k3s >/dev/null; then
  k3s kubectl delete --selector {{ selector }} --timeout=5m runtimeclasses,priorityclasses
  # Namespaces that existed before stay: they may hold objects of others.
  touch "$state/earlier"
  earlier=$(cat "$state/earlier")
  ours=$(k3s kubectl get namespaces --selector {{ selector }} --output name)
  while read -r namespace; do
    [[ -n $namespace && $'\n'$earlier$'\n' != *$'\n'"$namespace"$'\n'* ]] || continue
    say "deleting $namespace, for five minutes at most"
    k3s kubectl delete --timeout=5m "$namespace"
  done <<<"$ours"
fi
