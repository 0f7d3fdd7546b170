{%- match namespace -%}
{%- when Some with (namespace) -%}
# The newest first: a container that is being replaced may still run.
container=$(k3s crictl ps -q --label io.kubernetes.pod.namespace={{ namespace }} --label io.kubernetes.container.name={{ container }})
container=${container%%$'\n'*}
[ -n "$container" ] || fail {{ container }} "does not run"
pid=$(k3s crictl inspect -o go-template --template '{% raw %}{{.info.pid}}{% endraw %}' "$container")
{%- when None -%}
pid=$(docker inspect --format '{% raw %}{{.State.Pid}}{% endraw %}' {{ container }}) || fail {{ container }} "does not run"
{%- endmatch %}
[ "$pid" -gt 0 ] || fail {{ container }} "does not run"
# All processes of the container: a child may hold the memory. This works with both versions of control groups.
maps=()
group=$(cat "/proc/$pid/cgroup")
for process in /proc/[0-9]*; do
  [ "$(cat "$process/cgroup" 2>/dev/null || true)" != "$group" ] || maps+=("$process/numa_maps")
done
# As numastat does it: the pages on each node times the page size of their mapping. A process may end in the meantime.
{ cat "${maps[@]}" || true; } 2>/dev/null | awk -v nodes={{ nodes }} -v tolerance={{ tolerance }} '
  {
    size = 4
    for (i = 2; i <= NF; i++) if ($i ~ /^kernelpagesize_kB=/) size = substr($i, 19)
    for (i = 2; i <= NF; i++) if (split($i, part, "=") == 2 && part[1] ~ /^N[0-9]+$/) {
      kib[substr(part[1], 2)] += part[2] * size
      total += part[2] * size
    }
  }
  END {
    for (node = 0; node < nodes; node++) {
      printf "node %d: %.1f GiB\n", node, kib[node] / 1048576
      share = kib[node] * nodes * 100
      if (share < total * (100 - tolerance) || share > total * (100 + tolerance)) uneven = 1
    }
    exit uneven || total == 0
  }' || fail "the memory of" {{ container }} "is not spread evenly over" {{ nodes }} "nodes"
