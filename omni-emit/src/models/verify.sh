directory={{ directory }}
[ -d "$directory" ] || fail "$directory is not there"
[ -n "$(find "$directory" -type f -not -path '*/.cache/*' -print -quit)" ] || fail "$directory holds no files"
have=$(du -sB1 --apparent-size "$directory" | cut -f1)
[ "$have" -ge {{ at_least }} ] || fail "$directory holds $have bytes, and should hold {{ at_least }} at least"
