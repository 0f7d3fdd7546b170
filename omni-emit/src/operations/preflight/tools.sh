missing=()
tools=({% for tool in tools %}{% if !loop.first %} {% endif %}{{ tool }}{% endfor %})
for tool in "${tools[@]}"; do
  command -v "$tool" >/dev/null || missing+=("$tool")
done
[ -z "${missing[*]-}" ] || fail "not installed: ${missing[*]}"
