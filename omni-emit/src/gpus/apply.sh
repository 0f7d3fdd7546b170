command -v docker >/dev/null || fail "Docker is not installed: https://docs.docker.com/engine/install/"
seen=$(docker info --format '{% raw %}{{.CgroupDriver}} {{.LiveRestoreEnabled}} {{.ContainersRunning}}{% endraw %}') ||
  fail "the Docker daemon does not answer"
read -r driver survive running <<<"$seen"
if [ "$driver" != {{ driver }} ]; then
  case "$survive $running" in
    'false '* | *' 0') ;;
    *) fail "containers go on while Docker starts anew (live-restore), under the control groups that they have: stop them first" ;;
  esac
  file={{ daemon }}
  folder=${file%/*}
  [ -d "$folder" ] || install -d -m 0755 "$folder"
  if [ -e "$file" ]; then
    cp -a "$file" "$file.new"
  else
    install -m 0644 /dev/null "$file.new"
  fi
  python3 -c '
{% include "gpus/daemon.py" %}' "$file.new" add {{ option }}
  # Undone byte for byte if nobody has written to it since.
  cp "$file.new" "$state/written"
  mv -f "$file.new" "$file"
  systemctl restart docker
  driver=$(docker info --format '{% raw %}{{.CgroupDriver}}{% endraw %}')
  [ "$driver" = {{ driver }} ] || fail "Docker has the cgroup driver $driver still: is another file than $file given to dockerd?"
fi
