if command -v k3s >/dev/null; then
  k3s kubectl delete --selector {{ selector }} --timeout=5m runtimeclasses
  # What was there before is not ours to delete: what others have put into it would go with it.
  touch "$state/earlier"
  k3s kubectl get namespaces --selector {{ selector }} --output name | { grep -vxF -f "$state/earlier" || true; } |
    xargs -r k3s kubectl delete --timeout=5m
fi
