for runtime in{% for runtime in runtimes %} {{ runtime }}{% endfor %}; do
  grep -q "runtimes.*$runtime" {{ rendered }} || fail "containerd does not know $runtime: see" {{ rendered }}
done
