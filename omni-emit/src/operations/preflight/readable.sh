[ "$EUID" -eq 0 ] || skip "only root can check what other users can read"
{{ unread|safe }}
