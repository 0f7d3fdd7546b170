units=({% for unit in units %}{% if !loop.first %} {% endif %}{{ unit }}{% endfor %})
changed=no
for unit in "${units[@]}"; do
  [ -e "$unit" ] || continue
  case $unit in
    *.timer) systemctl disable --quiet --now "$(basename "$unit")" ;;
    *.service) systemctl disable --quiet "$(basename "$unit")" ;;
  esac
  rm "$unit"
  changed=yes
done
if [ "$changed" = yes ]; then
  systemctl daemon-reload
fi
# The folders of the drop-ins, unless they existed before or hold other files.
touch "$state/folders"
folders=({% for folder in folders %}{% if !loop.first %} {% endif %}{{ folder }}{% endfor %})
for folder in "${folders[@]}"; do
  if [ -d "$folder" ] && ! grep -qxF -- "$folder" "$state/folders"; then
    rmdir --ignore-fail-on-non-empty "$folder"
  fi
done
rm -f /var/lib/systemd/timers/stamp-{{ timer }}
rm -rf {{ folder }}
