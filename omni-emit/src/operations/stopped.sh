# What was stopped for a while and must run again, one `SERVICE COUNT` a line. It is written down before the service is stopped and
# taken out when it runs again: what is killed in between, or loses power, leaves it to the next run and to the next boot.
journal={{ state_root }}/stopped
# What the containers and Deployments of the services that write are called.
declare -A name_of=({% for named in names %}[{{ named.service.as_str()|safe }}]={{ named.name }} {% endfor %})
{%- if !pods.is_empty() %}
# The services that run on Kubernetes, and where.
declare -A namespace_of=({% for pod in pods %}[{{ pod.name.as_str()|safe }}]={{ pod.namespace.as_str() }} {% endfor %})
{%- endif %}

# start_one SERVICE COUNT: says nothing of a service that is not there any more
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

# Starts what the journal holds. Each has its try; what does not start stays in the journal, and is in `down` afterwards.
down=()
start_stopped() {
  local service count status
  down=()
  [ -e "$journal" ] || return 0
  : >"$journal.new"
  while read -r service count; do
    say "starts $service"
    set +e
    (
      set -e
      start_one "$service" "$count"
    )
    status=$?
    set -e
    if [ "$status" -ne 0 ]; then
      down+=("$service")
      echo "$service $count" >>"$journal.new"
    fi
  done <"$journal"
  mv "$journal.new" "$journal"
  [ -s "$journal" ] || rm "$journal"
}
