loaded=$(curl --noproxy '*' -fsS -m 5 {{ prometheus }}'/api/v1/rules?type=alert')
alerts=({% for alert in alerts %}{% if !loop.first %} {% endif %}{{ alert }}{% endfor %})
for alert in "${alerts[@]}"; do
  [[ $loaded == *"\"name\":\"$alert\""* ]] || fail "Prometheus has not loaded $alert"
done
[[ $loaded != *'"health":"err"'* ]] || fail "Prometheus cannot evaluate a rule: {{ prometheus|safe }}/rules"
