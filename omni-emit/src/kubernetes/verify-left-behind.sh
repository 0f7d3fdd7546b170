{{ find|safe }}
left=$(left_behind) || fail "k3s does not answer"
[ -z "$left" ] || fail "left behind: $left"
