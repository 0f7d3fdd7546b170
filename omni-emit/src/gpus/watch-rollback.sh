changed=no
units=({% for unit in units %}{% if !loop.first %} {% endif %}{{ unit.target }}{% endfor %})
for unit in "${units[@]}"; do
  [ -e "$unit" ] || continue
  case $unit in *.timer) systemctl disable --quiet --now "$(basename "$unit")" ;; esac
  rm "$unit"
  changed=yes
done
if [ "$changed" = yes ]; then
  systemctl daemon-reload
fi
rm -rf {{ folder }} {{ metrics }}
