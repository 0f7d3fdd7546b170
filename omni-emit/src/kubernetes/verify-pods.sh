# pod NAMESPACE DEPLOYMENT: whether the Deployment has a pod that is ready
pod() {
  local ready
  ready=$(k3s kubectl --namespace "$1" get deployment "$2" --output 'jsonpath={.status.readyReplicas}') || fail "there is no Deployment $2 in $1"
  [ "${ready:-0}" -ge 1 ] || fail "$2 is not ready"
}
{%- for pod in pods %}
pod {{ pod.namespace }} {{ pod.deployment }}
{%- endfor %}
