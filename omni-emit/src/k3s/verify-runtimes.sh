runtimes=({% for runtime in runtimes %}{% if !loop.first %} {% endif %}{{ runtime }}{% endfor %})
for runtime in "${runtimes[@]}"; do
  grep -q "runtimes.*$runtime" {{ rendered }} || fail "containerd does not have the runtime $runtime: see" {{ rendered }}
done
