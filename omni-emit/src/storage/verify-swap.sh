file={{ file }}
size={{ size }}
have=$(swapon --show=NAME,SIZE --bytes --noheadings | awk -v file="$file" '$1 == file { print $2 }')
[ -n "$have" ] || fail "$file is not active"
[ "$(stat -c %s "$file")" -eq "$size" ] || fail "$file has $(stat -c %s "$file") bytes instead of $size"
# The kernel does not use the header, nor pages that are not contiguous on the disk.
[ $((have * 100)) -ge $((size * 99)) ] || fail "only $have of $size bytes of $file are in use"
grep -q -- {{ "^{}[[:space:]]"|format(pattern) }} /etc/fstab || fail "$file is not in /etc/fstab"
