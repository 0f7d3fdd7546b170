mount={{ mount }}
mountpoint -q "$mount" || fail "$mount is not a mount point"
have=$(df --output=size -B1 "$mount" | tail -n 1)
[ "$have" -ge {{ capacity }} ] || fail "$mount has $have bytes"
