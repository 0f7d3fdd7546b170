{% include "prometheus/delivered.sh" %}
tries=60
now=$(delivered)
while [ "$now" -le 0 ]; do
  tries=$((tries - 1))
  [ "$tries" -gt 0 ] || fail "no sign of life has arrived at the receiver $receiver: is its URL right, and does it answer?"
  sleep 1
  now=$(delivered)
done
