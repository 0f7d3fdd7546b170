{% include "kubernetes/started.sh" %}
still=()
# pod NAMESPACE DEPLOYMENT SELECTOR LOAD_TIME: checks that a pod of the Deployment is ready or still loading
pod() {
  local ready started left
  ready=$(k3s kubectl --namespace "$1" get deployment "$2" --output 'jsonpath={.status.readyReplicas}') || fail "there is no Deployment $2 in $1"
  [ "${ready:-0}" -lt 1 ] || return 0
  started=$(started_at "$1" "$3")
  left=$(load_left "$started" "$4")
  [ "$left" -gt 0 ] || fail "$2 is not ready"
  still+=("$2, for $left s at most")
}
{%- for pod in pods %}
pod {{ pod.namespace }} {{ pod.deployment }} app.kubernetes.io/name={{ pod.service }} {{ pod.load_time }}
{%- endfor %}
[ -z "${still[*]-}" ] || loading "still loading: $(printf '%s; ' "${still[@]}")"
