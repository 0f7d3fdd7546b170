window={{ window }}
containers=({% for container in containers %}{% if !loop.first %} {% endif %}{{ container }}{% endfor %})
for container in "${containers[@]}"; do
  while :; do
    read -r state restarts started < <(docker inspect --format '{% raw %}{{.State.Status}} {{.RestartCount}} {{.State.StartedAt}}{% endraw %}' "$container") ||
      fail "there is no container $container"
    [ "$state" = running ] || fail "$container is $state"
    up=$(($(date +%s) - $(date -d "$started" +%s)))
    [ "$up" -lt "$window" ] || break
    [ "$restarts" -eq 0 ] || fail "restarts of $container: $restarts, the last one $up seconds ago"
    progress "watching whether $container restarts, for $((window - up)) s more"
    # It was started within the window, but not after a failure: watch the rest of the window.
    sleep $((window - up < 10 ? window - up : 10))
  done
done
