# What is saved, and who must not write meanwhile.
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

# The directories of the services and directories that are named; with none, all.
selected() {
  local name wanted known
  [ $# -gt 0 ] || set -- "${names[@]}"
  for wanted in "$@"; do
    known=no
    for name in "${names[@]}"; do
      case " $name ${services_of[$name]} " in *" $wanted "*) known=yes ;; esac
    done
    [ "$known" = yes ] || fail "nothing is saved of $wanted: there are ${names[*]}"
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

# What writes to these directories.
writers() {
  local name
  for name in "$@"; do
    # shellcheck disable=SC2086 # Several services.
    printf '%s\n' ${services_of[$name]}
  done | sort -u
}

# How many of a service run.
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
    say "stops $service"
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

# What a run that was killed has stopped runs again first, so that it counts as running.
resume() {
  start_stopped
  [ -z "${down[*]-}" ] || fail "an earlier run was cut off, and what it stopped does not start: ${down[*]}"
}

# For the end: what was stopped runs again, and who does not is named.
start_again() {
  start_stopped
  [ -z "${down[*]-}" ] || echo "$me: not everything runs again (${down[*]}): see verify/health.sh" >&2
}
