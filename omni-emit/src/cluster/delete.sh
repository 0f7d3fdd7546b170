if command -v k3s >/dev/null; then
  say "deleting these objects from the cluster, for five minutes at most:" {{ kinds }}
  k3s kubectl delete --all-namespaces --selector {{ selector }} --timeout=5m {{ kinds }}
fi
