address={{ address }}
found=$(ip -4 -o address show dev {{ interface }} 2>&1 || true)
[[ $found = *" $address/"* ]] || fail "the interface does not have the address $address"
