status=$(LC_ALL=C ufw status) || return 1
if [[ $status != 'Status: active'* ]]; then
  echo 'ufw is not active'
  return 1
fi
{% include "firewall/rules.sh" %}
read_rules
missing=0
lines=({% for line in lines %}{% if !loop.first %} {% endif %}{{ line }}{% endfor %})
for line in "${lines[@]}"; do
  if [ "${rules[$line]-none}" = none ] && [ "${rules[${line/ allow/ limit}]-none}" = none ]; then
    echo "missing: $line"
    missing=$((missing + 1))
  fi
done
echo "$missing of {{ lines.len() }} rules are missing"
[ "$missing" = 0 ]
