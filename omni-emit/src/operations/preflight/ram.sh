have=$(awk '$1 == "MemTotal:" { printf "%d", $2 * 1024 }' /proc/meminfo)
[ "$have" -ge {{ at_least }} ] || fail "the kernel has $have bytes, and {{ at_least }} are counted on at least"
