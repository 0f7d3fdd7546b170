config={{ config }}
# Leave a k3s of others alone.
if grep -qs {{ ours }} "$config"; then
{%- if gvisor %}
  # k3s' own scripts do not stop gVisor's processes, so these must be gone first.
  deadline=$((SECONDS + 120))
  while pgrep -f 'containerd-shim-runsc-v[1].*/run/k3s/' >/dev/null; do
    [ "$SECONDS" -lt "$deadline" ] || fail "pods still run under gVisor: delete them first"
    progress "waiting until the pods under gVisor are gone, for $((deadline - SECONDS)) s at most"
    sleep 2
  done
{%- endif %}
  if [ -x /usr/local/bin/k3s-uninstall.sh ]; then
    /usr/local/bin/k3s-uninstall.sh
  fi
  rm -f /usr/local/bin/k3s.new{% for file in files %} {{ file.target }}{% endfor %}
fi
