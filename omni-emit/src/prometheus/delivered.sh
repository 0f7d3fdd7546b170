receiver={{ receiver }}
# How often the receiver has answered well: how often it was asked, but for how often that failed.
delivered() {
  curl --noproxy '*' -fsS -m 5 {{ alertmanager }}/metrics | awk -v name="receiver_name=\"$receiver\"" '
    index($0, name) && /^alertmanager_notification_requests_total[{]/ { asked += $NF }
    index($0, name) && /^alertmanager_notification_requests_failed_total[{]/ { failed += $NF }
    END { print asked - failed }'
}
