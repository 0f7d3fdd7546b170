if command -v k3s >/dev/null; then
  k3s kubectl delete --all-namespaces --selector {{ selector }} --timeout=5m {{ kinds }}
fi
