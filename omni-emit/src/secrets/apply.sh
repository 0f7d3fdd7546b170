file={{ path }}
example=$bundle/{{ example }}
[ -f "$file" ] || fail "$file is missing: copy $example there and fill it in"
chown root:root "$file"
chmod 600 "$file"
# The values are not for the screen.
odd=$(awk '!/^(#.*|[A-Za-z_][A-Za-z0-9_]*=[^[:space:]"\047`$#\\]*)?$/ { print NR }' "$file" | paste -sd,)
[ -z "$odd" ] || fail "line $odd of $file is no NAME=value with a bare value"
{%- for name in required %}
grep -q ^{{ name }}=. "$file" || fail "{{ name|safe }} has no value in $file"
{%- endfor %}
