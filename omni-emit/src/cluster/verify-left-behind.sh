{{ find|safe }}
left=$(left_behind)
[ -z "$left" ] || fail "left behind by an earlier version: $left"
