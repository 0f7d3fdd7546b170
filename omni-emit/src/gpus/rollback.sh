file={{ daemon }}
if [ -e "$state/written" ]; then
  if [ ! -e "$file" ]; then
    :
  elif ! cmp -s "$state/written" "$file"; then
    # Somebody has changed the file since: take out only the option.
    cp -a "$file" "$file.new"
    python3 -c '
{% include "gpus/daemon.py" %}' "$file.new" remove {{ option }}
    mv -f "$file.new" "$file"
  elif [ -e "$state/daemon.json" ]; then
    cp -a "$state/daemon.json" "$file"
  else
    rm "$file"
  fi
  if [ -e "$state/no-folder" ] && [ -d "${file%/*}" ]; then
    rmdir --ignore-fail-on-non-empty "${file%/*}"
  fi
  rm "$state/written"
  if command -v docker >/dev/null; then
    systemctl try-restart docker
  fi
fi
