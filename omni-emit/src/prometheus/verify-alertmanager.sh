address={{ address }}
told=$(curl --noproxy '*' -fsS -m 5 {{ prometheus }}/api/v1/alertmanagers)
[[ $told == *"//$address/"* ]] || fail "Prometheus does not send alerts to Alertmanager at $address"
