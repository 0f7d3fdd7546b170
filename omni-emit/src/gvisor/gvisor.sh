#!/usr/bin/env bash
{{ header.hash()|safe }}
#
# Installs gVisor from its own repository, and adds it to Docker if Docker is installed. A second run changes nothing.
# https://gvisor.dev/docs/user_guide/install/
{% include "preamble.sh" %}

me=gvisor
{% include "operations/failures.sh" %}

[ "$EUID" -eq 0 ] || fail "run this as root"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

{% include "gvisor/release.sh" %}
# A newer release stays. Debian's own package is older and has no shim for containerd. No file is moved: runsc needs the files beside it.
installed=$(release)
if [ "$installed" -lt {{ release }} ] || ! command -v containerd-shim-runsc-v1 >/dev/null; then
  export DEBIAN_FRONTEND=noninteractive
  apt-get update -q
  apt-get install -y -q ca-certificates curl gnupg
  curl -fsSL --proto '=https' --retry 3 -o "$work/archive.key" https://gvisor.dev/archive.key
  # apt would trust every key in the file, so it must contain only this one.
  wanted={{ key|safe }}
  found=$(gpg --batch --show-keys --with-colons "$work/archive.key" | awk -F : '$1 == "pub" { primary = 1 }
    $1 == "fpr" && primary { print $10; primary = 0 }') || fail "https://gvisor.dev/archive.key holds no key"
  [ "$found" = "$wanted" ] ||
    fail "https://gvisor.dev/archive.key must contain only the key $wanted, but contains" "${found:-none}" "- it is not used"
  gpg --batch --dearmor -o "$work/archive.gpg" "$work/archive.key"
  keyring=/usr/share/keyrings/gvisor-archive-keyring.gpg
  install -m 0644 "$work/archive.gpg" "$keyring"
  source="deb [arch=$(dpkg --print-architecture) signed-by=$keyring]"
  echo "$source https://storage.googleapis.com/gvisor/releases {{ release|safe }} main" >"$work/gvisor.list"
  install -m 0644 "$work/gvisor.list" /etc/apt/sources.list.d/gvisor.list
  apt-get update -q
  apt-get install -y -q runsc
  hash -r
  installed=$(release)
  [ "$installed" -ge {{ release }} ] || fail "$(command -v runsc) is the release of $installed: remove it, so that the release of {{ release|safe }} is found"
fi

if command -v docker >/dev/null; then
  # If the daemon does not run, it reads its configuration when it starts.
  runtimes=$(docker info --format '{% raw %}{{range $name, $_ := .Runtimes}}{{println $name}}{{end}}{% endraw %}' || true)
  if [[ $'\n'$runtimes$'\n' != *$'\n'runsc$'\n'* ]]; then
    runsc install
    systemctl try-reload-or-restart docker
  fi
fi
