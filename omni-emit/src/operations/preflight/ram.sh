host={{ host }}
# Debian's awk (mawk) does not print integers above 2^31.
have=$(($(awk '$1 == "MemTotal:" { print $2 }' /proc/meminfo) * 1024))
[ "$have" -ge {{ at_least }} ] ||
  fail "the kernel has $have bytes, but" {{ at_least }} "are expected: write \`hosts.$host.ram.usable: $((have >> 20)) MiB\`"
