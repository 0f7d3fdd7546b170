receivers=$(curl --noproxy '*' -fsS -m 5 {{ alertmanager }}/api/v2/receivers)
[[ $receivers == *'"name":"{{ receiver|safe }}"'* ]] || fail "Alertmanager knows no receiver {{ receiver|safe }}"
