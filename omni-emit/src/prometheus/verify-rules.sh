loaded=$(curl --noproxy '*' -fsS -m 5 {{ prometheus }}'/api/v1/rules?type=alert')
for alert in{% for alert in alerts %} {{ alert }}{% endfor %}; do
  [[ $loaded == *"\"name\":\"$alert\""* ]] || fail "Prometheus has not loaded $alert"
done
[[ $loaded != *'"health":"err"'* ]] || fail "Prometheus cannot evaluate a rule: {{ prometheus|safe }}/rules"
