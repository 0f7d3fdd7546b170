file={{ file }}
size={{ size }}
have=$(swapon --show=NAME,SIZE --bytes --noheadings | awk -v file="$file" '$1 == file { print $2 }')
[ -n "$have" ] || fail "$file is not active"
[ "$(stat -c %s "$file")" -eq "$size" ] || fail "$file is of $(stat -c %s "$file") bytes, not $size"
# The kernel leaves out the header, and pages that do not lie in one piece on the disk.
[ $((have * 100)) -ge $((size * 99)) ] || fail "only $have of $size bytes of $file are in use"
grep -q -- {{ "^{}[[:space:]]"|format(pattern) }} /etc/fstab || fail "$file is not in /etc/fstab"
