# The directories that are saved, and the services that write there and are stopped meanwhile.
names=({% for directory in directories %}{% if !loop.first %} {% endif %}{{ directory.name.as_str() }}{% endfor %})
declare -A path_of=(
{%- for directory in directories %}
  [{{ directory.name.as_str()|safe }}]={{ directory.path }}
{%- endfor %}
)
declare -A services_of=(
{%- for directory in directories %}
  [{{ directory.name.as_str()|safe }}]={{ directory.services }}
{%- endfor %}
)

{% include "operations/stopped.sh" %}
{%- if !pods.is_empty() %}
{%- for pod in pods %}
scale_down_{{ pod.function|safe }}() {
{{ pod.scale_down.body()|safe }}
}
{%- endfor %}
{%- endif %}

# selected NAME…: prints the directories with these names or of these services; without a name, all.
selected() {
  local name wanted known
  [ $# -gt 0 ] || set -- "${names[@]}"
  for wanted in "$@"; do
    known=no
    for name in "${names[@]}"; do
      case " $name ${services_of[$name]} " in *" $wanted "*) known=yes ;; esac
    done
    [ "$known" = yes ] || fail "there are no data of $wanted; the directories are ${names[*]}"
  done
  for name in "${names[@]}"; do
    for wanted in "$@"; do
      case " $name ${services_of[$name]} " in
        *" $wanted "*)
          echo "$name"
          break
          ;;
      esac
    done
  done
}

# writers DIRECTORY…: prints the services that write to these directories.
writers() {
  local name
  for name in "$@"; do
    # shellcheck disable=SC2086 # Several services.
    printf '%s\n' ${services_of[$name]}
  done | sort -u
}

# running SERVICE: prints how many instances of a service run.
running() {
{%- if !pods.is_empty() %}
  if [ -n "${namespace_of[$1]-}" ]; then
    k3s kubectl --namespace "${namespace_of[$1]}" get deployment "${name_of[$1]}" --ignore-not-found --output 'jsonpath={.spec.replicas}' ||
      fail "k3s does not answer"
    return
  fi
{%- endif %}
  if command -v docker >/dev/null; then
    docker ps --quiet --filter "name=^${name_of[$1]//./\\.}\$" | wc -l || fail "the Docker daemon does not answer"
  fi
}

stop() {
  local service count
  for service in "$@"; do
    count=$(running "$service")
    [ "${count:-0}" -gt 0 ] || continue
    say "stopping $service"
    echo "$service $count" >>"$journal"
    sync "$journal"
{%- if !pods.is_empty() %}
    if [ -n "${namespace_of[$service]-}" ]; then
      "scale_down_${service//-/_}"
      continue
    fi
{%- endif %}
    docker stop "${name_of[$service]}" >/dev/null || fail "cannot stop $service"
  done
}

room() { df --output=avail -B1 "$1" | tail -n 1; }

state_root={{ state_root }}
{% include "operations/lock.sh" %}

# Starts the services that a killed run has stopped, so that they count as running.
resume() {
  start_stopped
  [ -z "${down[*]-}" ] || fail "an earlier run was interrupted, and these services that it stopped do not start: ${down[*]}"
}

# At the end: starts the services that were stopped, and names those that do not start.
start_again() {
  start_stopped
  [ -z "${down[*]-}" ] || echo "$me: these services do not run again: ${down[*]}; see verify/health.sh" >&2
}
