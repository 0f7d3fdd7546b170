address={{ address }}
ip -4 -o address show dev {{ interface }} 2>&1 | grep -qF -- " $address/" || fail "$address is not on that interface"
