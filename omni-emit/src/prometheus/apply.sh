# wait_for URL COMMAND…: until something answers there; else the command shows the last lines of the log of who should.
wait_for() {
  local tries=60
  until curl --noproxy '*' -fsS -m 5 -o /dev/null "$1" 2>/dev/null; do
    tries=$((tries - 1))
    progress "waiting until $1 answers, for $((tries * 5)) s at most"
    if [ "$tries" -eq 0 ]; then
      "${@:2}" >&2 || true
      fail "nothing answers at $1: above are the last lines of the log (${*:2})"
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
