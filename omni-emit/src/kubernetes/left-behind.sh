# The objects of this deployment that no file of the bundle names, as KIND NAMESPACE NAME: their services have left the model.
left_behind() {
  local ours named
  objects() {
    k3s kubectl get --ignore-not-found --no-headers --output custom-columns=:kind,:metadata.namespace,:metadata.name "$@" |
      awk '{ print $1, $2, $3 }'
  }
  ours=$(objects --all-namespaces --selector {{ selector }} {{ kinds }}) || return 1
  named=$(objects -f "$bundle"/k8s) || return 1
{%- for secret in secrets %}
  named+=$'\n'{{ secret }}
{%- endfor %}
  [ -z "$ours" ] || grep -vxF -f <(echo "$named") <<<"$ours" || true
}
