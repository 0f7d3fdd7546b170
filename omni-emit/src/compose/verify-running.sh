{% include "compose/started.sh" %}
still=()
# look_at CONTAINER LOAD_TIME: checks the state of a container. Docker limits how long a container is `starting`.
look_at() {
  local state='running starting' started left
  while [ "$state" = 'running starting' ]; do
    state=$(docker inspect --format '{% raw %}{{.State.Status}}{{with .State.Health}} {{.Status}}{{end}}{% endraw %}' "$1") ||
      fail "there is no container $1"
    [ "$state" = 'running starting' ] || break
    started=$(started_at "$1")
    left=$(load_left "$started" "$2")
    if [ "$left" -gt 0 ]; then
      still+=("$1, for $left s at most")
      return 0
    fi
    progress "waiting until $1 has started"
    sleep 1
  done
  case $state in
    running | 'running healthy') ;;
    *) fail "$1 is $state" ;;
  esac
}
{%- for (container, load_time) in containers %}
look_at {{ container }} {{ load_time }}
{%- endfor %}
[ -z "${still[*]-}" ] || loading "still loading: $(printf '%s; ' "${still[@]}")"
