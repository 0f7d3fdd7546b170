health=$(curl --noproxy '*' -fsS -m 5 {{ url }}/api/health | tr -d '[:space:]')
[[ $health == *'"database":"ok"'* ]] || fail "Grafana's health is $health"
