file={{ path }}
[ -f "$file" ] || fail "$file is missing"
mode=$(stat -c '%U:%G %a' "$file")
[ "$mode" = "root:root 600" ] || fail "$file is $mode"
{%- for name in required %}
grep -q ^{{ name }}=. "$file" || fail "{{ name|safe }} has no value in $file"
{%- endfor %}
