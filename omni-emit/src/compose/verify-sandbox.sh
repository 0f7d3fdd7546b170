containers=({% for container in containers %}{% if !loop.first %} {% endif %}{{ container }}{% endfor %})
for container in "${containers[@]}"; do
  runtime=$(docker inspect --format '{% raw %}{{.HostConfig.Runtime}}{% endraw %}' "$container") || fail "there is no container $container"
  [ "$runtime" = runsc ] || fail "$container runs under $runtime"
  kernel=$(docker exec "$container" cat /proc/version) || fail "$container does not show /proc/version"
  echo "$container: $kernel"
  # Releases before 2026 name no gVisor there, but have this date.
  case $kernel in
    *gvisor* | *"Sun Jan 10 15:06:54 PST 2016"*) ;;
    *) fail "$container does not see the kernel of gVisor" ;;
  esac
done
