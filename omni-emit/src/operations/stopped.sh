# The services that were stopped and must be started again, one `SERVICE COUNT` per line. An entry is added before the service is stopped and
# removed once it runs again. After a kill or a power failure in between, the next run or the next boot starts the service.
journal={{ state_root }}/stopped
# The names of the containers and Deployments.
declare -A name_of=({% for named in names %}[{{ named.service.as_str()|safe }}]={{ named.name }} {% endfor %})
{%- if !pods.is_empty() %}
# The namespaces of the services that run on Kubernetes.
declare -A namespace_of=({% for pod in pods %}[{{ pod.name.as_str()|safe }}]={{ pod.namespace.as_str() }} {% endfor %})
{%- endif %}

# start_one SERVICE COUNT: starts a service, if it still exists.
start_one() {
  local there name=${name_of[$1]-$1}
{%- if !pods.is_empty() %}
  if [ -n "${namespace_of[$1]-}" ]; then
    there=$(k3s kubectl --namespace "${namespace_of[$1]}" get deployment "$name" --ignore-not-found --output name)
    [ -z "$there" ] || k3s kubectl --namespace "${namespace_of[$1]}" scale deployment "$name" --replicas="$2"
    return
  fi
{%- endif %}
  there=$(docker ps --all --quiet --filter "name=^${name//./\\.}\$")
  [ -z "$there" ] || docker start "$name" >/dev/null
}

{% include "operations/attempt.sh" %}
# Starts the services in the journal. Those that do not start stay in the journal and are in `down` afterwards.
down=()
start_stopped() {
  local service count status
  down=()
  [ -e "$journal" ] || return 0
  : >"$journal.new"
  while read -r service count; do
    say "starting $service"
    attempt start_one "$service" "$count"
    if [ "$status" -ne 0 ]; then
      down+=("$service")
      echo "$service $count" >>"$journal.new"
    fi
  done <"$journal"
  mv "$journal.new" "$journal"
  [ -s "$journal" ] || rm "$journal"
}
