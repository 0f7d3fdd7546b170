wait_for() {
  local tries=60
  until curl --noproxy '*' -fsS -m 5 -o /dev/null "$1" 2>/dev/null; do
    tries=$((tries - 1))
    [ "$tries" -gt 0 ] || fail "nothing answers at $1"
    sleep 5
  done
}
{%- for url in urls %}
wait_for {{ url }}
{%- endfor %}
