# wait_for URL COMMAND…: waits until the server at URL answers. If it does not, COMMAND prints the end of its log.
wait_for() {
  local tries=60
  until curl --noproxy '*' -fsS -m 5 -o /dev/null "$1" 2>/dev/null; do
    tries=$((tries - 1))
    progress "waiting until $1 answers, for $((tries * 5)) s at most"
    if [ "$tries" -eq 0 ]; then
      "${@:2}" >&2 || true
      fail "nothing answers at $1; the last lines of its log are above (${*:2})"
    fi
    sleep 5
  done
}
{%- for server in servers %}
wait_for {{ server.ready }}
{%- match server.namespace %}
{%- when Some with (namespace) %} k3s kubectl --namespace {{ namespace.as_str() }} logs --tail 20 deployment/{{ server.name }}
{%- when None %} docker logs --tail 20 {{ server.name }}
{%- endmatch %}
{%- endfor %}
