if [ -e "$state/was-absent" ]; then
  if command -v runsc >/dev/null && grep -qs '"runsc"' /etc/docker/daemon.json; then
    runsc uninstall
    systemctl try-reload-or-restart docker
  fi
  if dpkg -s runsc >/dev/null 2>&1; then
    DEBIAN_FRONTEND=noninteractive apt-get purge -y -q runsc
  fi
fi
# An older runsc that was installed before is not reinstalled, but its package source is restored.
for file in /etc/apt/sources.list.d/gvisor.list /usr/share/keyrings/gvisor-archive-keyring.gpg; do
  rm -f "$file"
  [ ! -e "$state/${file##*/}" ] || cp -a "$state/${file##*/}" "$file"
done
