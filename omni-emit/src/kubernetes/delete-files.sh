if command -v k3s >/dev/null; then
{%- for file in files %}
  k3s kubectl delete --ignore-not-found --timeout=5m -f "$bundle"/{{ file }}
{%- endfor %}
fi
