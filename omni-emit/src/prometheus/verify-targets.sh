is_up() {
  local seen
  seen=$(curl --noproxy '*' -fsS -m 5 --data-urlencode "query=$1" {{ prometheus }}/api/v1/query)
  [[ $seen != *'"result":[]'* ]]
}
silent=
target() {
  local tries={{ tries }}
  # shellcheck disable=SC2310 # It fails if Prometheus does not answer, and is then tried again.
  until is_up "$2"; do
    if ! curl --noproxy '*' -fsS -m 5 -o /dev/null "$3" 2>/dev/null; then
      silent+=" $1"
      return
    fi
    tries=$((tries - 1))
    progress "waiting until Prometheus has scraped $1, for $tries s at most"
    [ "$tries" -gt 0 ] || fail "Prometheus does not scrape $1, which answers at $3"
    sleep 1
  done
}
{%- for target in targets %}
target {{ target.name }} {{ target.query }} {{ target.url }}
{%- endfor %}
[ -z "$silent" ] || skip "no answer from$silent"
