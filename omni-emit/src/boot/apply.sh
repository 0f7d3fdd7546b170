command -v systemctl >/dev/null || fail "systemctl is not there: this step needs systemd"
{%- if let Some(to) = to %}
to={{ to }}
# A disk that is not mounted would fill another.
[ -d "$to" ] || fail "there is no folder $to for backups: make it or mount its disk first"
{%- endif %}
# The scripts are copied: the bundle may be moved or emitted anew.
{%- for script in scripts %}
install -D -m 0755 "$bundle"/{{ script.source }} {{ script.target }}
{%- endfor %}
{% include "systemd/place.sh" %}
# What an earlier model had and this one has not.
others=({% for other in others %}{% if !loop.first %} {% endif %}{{ other }}{% endfor %})
for other in "${others[@]}"; do
  if [ -e "$other" ]; then
    case $other in *.timer) systemctl disable --quiet --now "$(basename "$other")" ;; esac
    rm "$other"
    changed=yes
  fi
done
# Without need it is left alone: containers with GPUs may lose them by it.
[ "$changed" = no ] || systemctl daemon-reload
systemctl enable --quiet {{ boot }}
{%- if let Some(timer) = timer %}
systemctl enable --quiet --now {{ timer }}
{%- endif %}
