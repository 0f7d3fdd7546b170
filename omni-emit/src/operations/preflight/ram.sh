host={{ host }}
# Debian's awk, mawk, prints no whole number beyond 2^31.
have=$(($(awk '$1 == "MemTotal:" { print $2 }' /proc/meminfo) * 1024))
[ "$have" -ge {{ at_least }} ] ||
  fail "the kernel has $have bytes, and" {{ at_least }} "are counted on: write \`hosts.$host.ram.usable: $((have >> 20)) MiB\`"
