if command -v k3s >/dev/null; then
  say "deleting from the cluster, and waiting until it is gone, for five minutes at most:" {{ kinds }}
  k3s kubectl delete --all-namespaces --selector {{ selector }} --timeout=5m {{ kinds }}
fi
