command -v systemctl >/dev/null || fail "systemctl is missing: this step needs systemd"
install -d -m 0755 {{ metrics }}
install -D -m 0755 "$bundle"/{{ script }} {{ folder }}/gpus.sh
{% include "systemd/place.sh" %}
# Only if needed: a daemon-reload can take the GPUs away from running containers.
[ "$changed" = no ] || systemctl daemon-reload
systemctl start {{ service }}
systemctl enable --quiet --now {{ timer }}
