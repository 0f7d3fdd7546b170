usage() {
  cat <<'USAGE'
{{ text|safe }}
USAGE
}
