command -v update-grub >/dev/null || fail "update-grub is missing: this step needs GRUB as Debian and Ubuntu install it"
if ! cmp -s "$common"/{{ source }} {{ target }}; then
{% include "grub/dropped.sh" %}
  install -D -m 0644 "$common"/{{ source }} {{ target }}
  update-grub
fi
