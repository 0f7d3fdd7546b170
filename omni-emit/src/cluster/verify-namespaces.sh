{%- for (name, level) in namespaces %}
level=$(k3s kubectl get namespace {{ name }} --output 'jsonpath={.metadata.labels.pod-security\.kubernetes\.io/enforce}') ||
  fail "there is no namespace" {{ name }}
[ "$level" = {{ level }} ] || fail {{ name }} "enforces ${level:-nothing}"
{%- endfor %}
