command -v docker >/dev/null || fail "Docker is not installed: https://docs.docker.com/engine/install/"
seen=$(docker info --format '{% raw %}{{.CgroupDriver}} {{.LiveRestoreEnabled}} {{.ContainersRunning}}{% endraw %}') ||
  fail "the Docker daemon does not answer"
read -r driver survive running <<<"$seen"
if [ "$driver" != {{ driver }} ]; then
  case "$survive $running" in
    'false '* | *' 0') ;;
    *) fail "with live-restore, running containers keep their control groups while Docker restarts: stop them first" ;;
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
  # The rollback restores the old file if nobody has changed this one since.
  cp "$file.new" "$state/written"
  mv -f "$file.new" "$file"
  systemctl restart docker
  driver=$(docker info --format '{% raw %}{{.CgroupDriver}}{% endraw %}')
  [ "$driver" = {{ driver }} ] || fail "Docker still has the cgroup driver $driver: does dockerd read a file other than $file?"
fi
