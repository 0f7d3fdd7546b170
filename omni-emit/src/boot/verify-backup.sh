systemctl is-enabled --quiet {{ timer }} || fail {{ timer }} "is not enabled"
systemctl is-active --quiet {{ timer }} || fail {{ timer }} "does not run"
result=$(systemctl show --property=Result --value {{ service }})
[ "$result" = success ] || fail "the last backup ended with $result: journalctl -u" {{ service }}
to={{ to }}
[ -d "$to" ] || fail "there is no folder $to"
