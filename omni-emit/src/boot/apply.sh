command -v systemctl >/dev/null || fail "systemctl is missing: this step needs systemd"
{%- if let Some(to) = to %}
to={{ to }}
# If the disk is not mounted, the backup would fill another one.
[ -d "$to" ] || fail "the backup folder $to does not exist: create it or mount its disk first"
{%- endif %}
# Copies, because the bundle may be moved or emitted again.
{%- for script in scripts %}
install -D -m 0755 "$bundle"/{{ script.source }} {{ script.target }}
{%- endfor %}
{% include "systemd/place.sh" %}
# Units that an earlier version of the model had.
others=({% for other in others %}{% if !loop.first %} {% endif %}{{ other }}{% endfor %})
for other in "${others[@]}"; do
  if [ -e "$other" ]; then
    case $other in *.timer) systemctl disable --quiet --now "$(basename "$other")" ;; esac
    rm "$other"
    changed=yes
  fi
done
# Only if needed: a daemon-reload can take the GPUs away from running containers.
[ "$changed" = no ] || systemctl daemon-reload
systemctl enable --quiet {{ boot }}
{%- if let Some(timer) = timer %}
systemctl enable --quiet --now {{ timer }}
{%- endif %}
