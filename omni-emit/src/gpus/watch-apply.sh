command -v systemctl >/dev/null || fail "systemctl is not there: this step needs systemd"
install -d -m 0755 {{ metrics }}
install -D -m 0755 "$bundle"/{{ script }} {{ folder }}/gpus.sh
{% include "systemd/place.sh" %}
# Without need it is left alone: containers with GPUs may lose them by it.
[ "$changed" = no ] || systemctl daemon-reload
systemctl start {{ service }}
systemctl enable --quiet --now {{ timer }}
