directory={{ directory }}
[ -d "$directory" ] || fail "$directory does not exist"
[ -n "$(find "$directory" -type f -not -path '*/.cache/*' -print -quit)" ] || fail "$directory holds no files"
have=$(du -sB1 --apparent-size "$directory" | cut -f1)
[ "$have" -ge {{ at_least }} ] || fail "$directory holds $have bytes, but should hold at least {{ at_least }}"
