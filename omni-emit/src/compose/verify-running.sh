containers=({% for container in containers %}{% if !loop.first %} {% endif %}{{ container }}{% endfor %})
for container in "${containers[@]}"; do
  state=$(docker inspect --format '{% raw %}{{.State.Status}}{{with .State.Health}} {{.Status}}{{end}}{% endraw %}' "$container") ||
    fail "there is no container $container"
  case $state in
    running | "running healthy") ;;
    *) fail "$container is $state" ;;
  esac
done
