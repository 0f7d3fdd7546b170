containers=({% for container in containers %}{% if !loop.first %} {% endif %}{{ container }}{% endfor %})
for container in "${containers[@]}"; do
  runtime=$(docker inspect --format '{% raw %}{{.HostConfig.Runtime}}{% endraw %}' "$container") || fail "there is no container $container"
  [ "$runtime" = runsc ] || fail "$container runs under $runtime"
  kernel=$(docker exec "$container" cat /proc/version) || fail "cannot read /proc/version in $container"
  echo "$container: $kernel"
  # Releases before 2026 do not name gVisor here, but have this date.
  case $kernel in
    *gvisor* | *"Sun Jan 10 15:06:54 PST 2016"*) ;;
    *) fail "$container does not run on gVisor's kernel" ;;
  esac
done
