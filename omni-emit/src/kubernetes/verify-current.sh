kept=$state_root/steps/pods
{{ current|safe }}
# current NAMESPACE DEPLOYMENT IMAGE SECRET…
current() {
  local built have want
  # Docker may have removed the image after it was copied.
  built=$(docker image inspect --format '{% raw %}{{.Id}}{% endraw %}' "$3" 2>/dev/null || true)
  # shellcheck disable=SC2310 # The exit status is the answer.
  [ -z "$3" ] || [ -z "$built" ] || is_brought "$3" "$built" || fail "the image $3 was rebuilt after the last deploy.sh"
  # shellcheck disable=SC2310 # The function is one command.
  have=$(annotated "$1" "$2") || fail "there is no Deployment $2 in $1"
  want=$(wanted "${@:3}")
  [ "$have" = "$want" ] || fail "$2 runs with $have instead of $want: run deploy.sh"
}
{%- for pod in annotated %}
current {{ pod.namespace }} {{ pod.deployment }} {{ pod.image }}{% for secret in pod.secrets %} {{ secret.as_str() }}{% endfor %}
{%- endfor %}
