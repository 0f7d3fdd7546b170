containers=({% for container in containers %}{% if !loop.first %} {% endif %}{{ container }}{% endfor %})
all=$(docker ps --all --format '{% raw %}{{.Names}} {{.Label "com.docker.compose.project"}}{% endraw %}') || fail "the Docker daemon does not answer"
foreign=()
while read -r name project; do
  for container in "${containers[@]}"; do
    [[ $name != "$container" || $project = {{ project }} ]] || foreign+=("$name")
  done
done <<<"$all"
[ -z "${foreign[*]-}" ] || fail "other containers have these names: ${foreign[*]}; remove or rename them"
