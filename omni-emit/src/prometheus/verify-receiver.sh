receiver={{ receiver }}
# delivered: prints how many notifications have reached the receiver: those sent, minus those that failed.
delivered() {
  curl --noproxy '*' -fsS -m 5 {{ alertmanager }}/metrics | awk -v name="receiver_name=\"$receiver\"" '
    index($0, name) && /^alertmanager_notification_requests_total[{]/ { asked += $NF }
    index($0, name) && /^alertmanager_notification_requests_failed_total[{]/ { failed += $NF }
    END { print asked - failed }'
}
before=$(delivered)
alert=$(printf '[{"labels":{"alertname":"%s","severity":"none","%s":"%s"},"annotations":{"summary":"%s"}}]' \
  {{ test }} {{ run }} "$(date +%s)-$$" 'verify.sh tries whether alerts arrive: nothing has happened')
curl --noproxy '*' -fsS -m 5 -o /dev/null -H 'Content-Type: application/json' --data "$alert" {{ alertmanager }}/api/v2/alerts
tries=30
now=$before
while [ "$now" -le "$before" ]; do
  tries=$((tries - 1))
  progress "waiting until a test alert arrives at $receiver, for $tries s at most"
  [ "$tries" -gt 0 ] || fail "a test alert does not arrive at the receiver $receiver: is its URL right, and does it answer?"
  sleep 1
  now=$(delivered)
done
