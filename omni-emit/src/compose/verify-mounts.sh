gone=()
ids=$(docker ps --all --quiet --filter label=com.docker.compose.project={{ project }})
for id in $ids; do
  sources=$(docker inspect --format '{% raw %}{{range .Mounts}}{{if eq .Type "bind"}}{{println .Source}}{{end}}{{end}}{% endraw %}' "$id")
  while read -r source; do
    [ -z "$source" ] || [ -e "$source" ] || gone+=("$source")
  done <<<"$sources"
done
[ -z "${gone[*]-}" ] ||
  fail "missing, so containers that mount these cannot start again: ${gone[*]}; if the bundle was moved, run deploy.sh --from compose in its new place"
