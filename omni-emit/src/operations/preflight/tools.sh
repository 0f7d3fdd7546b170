missing=()
for tool in{% for tool in tools %} {{ tool }}{% endfor %}; do
  command -v "$tool" >/dev/null || missing+=("$tool")
done
[ -z "${missing[*]-}" ] || fail "not installed: ${missing[*]}"
