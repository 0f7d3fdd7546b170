[ "$EUID" -eq 0 ] || skip "only root can try what other users can read"
{{ unread|safe }}
