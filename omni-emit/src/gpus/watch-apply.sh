command -v systemctl >/dev/null || fail "systemctl is not there: this step needs systemd"
install -d -m 0755 {{ metrics }}
install -D -m 0755 "$bundle"/{{ script }} {{ folder }}/gpus.sh
changed=no
# place SOURCE TARGET: the file of a unit
place() {
  if ! cmp -s "$1" "$2"; then
    install -D -m 0644 "$1" "$2"
    changed=yes
  fi
}
{%- for unit in units %}
place "$bundle"/{{ unit.source }} {{ unit.target }}
{%- endfor %}
# Without need it is left alone: containers with GPUs may lose them by it.
[ "$changed" = no ] || systemctl daemon-reload
systemctl start {{ service }}
systemctl enable --quiet --now {{ timer }}
