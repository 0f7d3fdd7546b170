if command -v k3s >/dev/null; then
  k3s kubectl delete --selector {{ selector }} --timeout=5m runtimeclasses,priorityclasses
  # What was there before is not ours to delete: what others have put into it would go with it.
  touch "$state/earlier"
  earlier=$(cat "$state/earlier")
  ours=$(k3s kubectl get namespaces --selector {{ selector }} --output name)
  while read -r namespace; do
    [[ -n $namespace && $'\n'$earlier$'\n' != *$'\n'"$namespace"$'\n'* ]] || continue
    say "deleting $namespace, and waiting until it is gone, for five minutes at most"
    k3s kubectl delete --timeout=5m "$namespace"
  done <<<"$ours"
fi
