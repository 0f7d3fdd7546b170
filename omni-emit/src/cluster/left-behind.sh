# left_behind: prints this deployment's objects that the bundle no longer contains, as KIND NAMESPACE NAME.
left_behind() {
  local ours named object
  objects() {
    k3s kubectl get --ignore-not-found --no-headers --output custom-columns=:kind,:metadata.namespace,:metadata.name "$@" |
      awk '{ print $1, $2, $3 }'
  }
  ours=$(objects --all-namespaces --selector {{ selector }} {{ kinds }})
  named=$(objects -f "$bundle"/k8s)
{%- for secret in secrets %}
  named+=$'\n'{{ secret }}
{%- endfor %}
  while read -r object; do
    [[ $'\n'$named$'\n' = *$'\n'"$object"$'\n'* ]] || echo "$object"
  done <<<"$ours"
}
