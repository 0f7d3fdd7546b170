mount={{ mount }} key={{ key }}
mountpoint -q "$mount" || fail "$mount is not a mount point"
# The space that users other than root can use: df's size includes the blocks that are reserved for root.
have=$(df --output=used,avail -B1 "$mount" | awk 'NR == 2 { printf "%.0f", $1 + $2 }')
[ "$have" -ge {{ at_least }} ] ||
  fail "$mount has space for $((have / 1000000000)) GB: write \`$key: $((have / {{ share }} / 10000000)) GB\`"
