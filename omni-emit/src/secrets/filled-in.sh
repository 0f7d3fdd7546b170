file={{ path }}
example=$bundle/{{ example }}
[ -f "$file" ] || fail "$file is missing: copy $example there and fill it in"
[ -r "$file" ] || fail "$file is not readable: run this as root"
# Do not print the values.
odd=$(awk '!/^(#.*|[A-Za-z_][A-Za-z0-9_]*=[^[:space:]"\047`$#\\]*)?$/ { print NR }' "$file" | paste -sd,)
[ -z "$odd" ] || fail "line $odd of $file is not of the form NAME=value, without quotes, blanks, \$, # or backslashes"
{%- if !required.is_empty() %}
missing=()
names=({% for name in required %}{% if !loop.first %} {% endif %}{{ name }}{% endfor %})
for name in "${names[@]}"; do
  grep -q "^$name=." "$file" || missing+=("$name")
done
[ -z "${missing[*]-}" ] || fail "these secrets have no value in $file: ${missing[*]}"
{%- endif %}
