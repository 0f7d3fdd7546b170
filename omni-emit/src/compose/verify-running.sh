containers=({% for container in containers %}{% if !loop.first %} {% endif %}{{ container }}{% endfor %})
for container in "${containers[@]}"; do
  # Docker itself ends the time in which a container is starting.
  state='running starting'
  while [ "$state" = 'running starting' ]; do
    state=$(docker inspect --format '{% raw %}{{.State.Status}}{{with .State.Health}} {{.Status}}{{end}}{% endraw %}' "$container") ||
      fail "there is no container $container"
    [ "$state" != 'running starting' ] || sleep 1
  done
  case $state in
    running | 'running healthy') ;;
    *) fail "$container is $state" ;;
  esac
done
