gone=()
ids=$(docker ps --all --quiet --filter label=com.docker.compose.project={{ project }})
for id in $ids; do
  sources=$(docker inspect --format '{% raw %}{{range .Mounts}}{{if eq .Type "bind"}}{{println .Source}}{{end}}{{end}}{% endraw %}' "$id")
  while read -r source; do
    [ -z "$source" ] || [ -e "$source" ] || gone+=("$source")
  done <<<"$sources"
done
[ -z "${gone[*]-}" ] ||
  fail "gone, and containers that mount it do not start again: ${gone[*]}; was the bundle moved? Run deploy.sh --from compose where it is now"
