file={{ file }}
# The first page holds the header.
want=$(({{ size }} - $(getconf PAGESIZE)))
have=$(swapon --show=NAME,SIZE --bytes --noheadings | awk -v file="$file" '$1 == file { print $2 }')
[ -n "$have" ] || fail "$file is not active"
[ "$have" -eq "$want" ] || fail "$file has $have bytes, not $want"
grep -q -- {{ "^{}[[:space:]]"|format(pattern) }} /etc/fstab || fail "$file is not in /etc/fstab"
