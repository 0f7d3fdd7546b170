status=$(LC_ALL=C ufw status) || return 1
if [[ $status != 'Status: active'* ]]; then
  echo 'ufw is not active'
  return 1
fi
{% include "firewall/rules.sh" %}
read_rules
missing=0
for line in{% for line in lines %} {{ line }}{% endfor %}; do
  if [ "${rules[$line]-none}" = none ] && [ "${rules[${line/ allow/ limit}]-none}" = none ]; then
    echo "missing: $line"
    missing=$((missing + 1))
  fi
done
echo "$missing of {{ lines.len() }} rules are missing"
[ "$missing" = 0 ]
