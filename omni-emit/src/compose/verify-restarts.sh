window={{ window }}
containers=({% for container in containers %}{% if !loop.first %} {% endif %}{{ container }}{% endfor %})
for container in "${containers[@]}"; do
  while :; do
    read -r state restarts started < <(docker inspect --format '{% raw %}{{.State.Status}} {{.RestartCount}} {{.State.StartedAt}}{% endraw %}' "$container") ||
      fail "there is no container $container"
    [ "$state" = running ] || fail "$container is $state"
    up=$(($(date +%s) - $(date -d "$started" +%s)))
    [ "$up" -lt "$window" ] || break
    [ "$restarts" -eq 0 ] || fail "$container has restarted $restarts times, the last time $up seconds ago"
    progress "watching whether $container restarts, for $((window - up)) s more"
    # It has been started anew within the window, by no failure: what is left of it shows.
    sleep $((window - up < 10 ? window - up : 10))
  done
done
