#!/usr/bin/env bash
{{ header.hash()|safe }}
#
# Installs k3s. Its configuration is in place before it starts for the first time. A second run changes nothing.
{% include "preamble.sh" %}

me=k3s
{% include "operations/failures.sh" %}

[ "$EUID" -eq 0 ] || fail "run this as root"
here=$(dirname "${BASH_SOURCE[0]}")
here=$(cd "$here" && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
version={{ release }}
config={{ config }}

# Refuse to take over another cluster: its network cannot be changed, and its pods would be lost.
installed=''
if command -v k3s >/dev/null; then
  installed=$(k3s --version | awk 'NR == 1 { print $3 }')
fi
if [ -n "$installed" ] || [ -e "$config" ]; then
  grep -qs {{ ours }} "$config" ||
    fail "k3s or its configuration exists already and does not belong to this deployment: remove it first (k3s-uninstall.sh)"
fi
if [ -n "$installed" ] && [ "$installed" != "$version" ]; then
  [ "${OMNI_UPGRADE_K3S:-no}" = yes ] ||
    fail "k3s $installed is installed; to upgrade it to $version, run this with OMNI_UPGRADE_K3S=yes"
  newest=$(printf '%s\n' "$installed" "$version" | sort -V | tail -n 1)
  [ "$newest" = "$version" ] || fail "k3s $installed cannot be downgraded to $version"
fi
if [ -n "$installed" ]; then
  networks=$(sed -n '/-cidr:/p' "$config")
  declared_networks=$(sed -n '/-cidr:/p' "$here/config.yaml")
  [ "$networks" = "$declared_networks" ] ||
    fail "the networks of a cluster cannot be changed: remove the cluster first (rollback.sh)"
{% include "k3s/encryption-kept.sh" %}
fi
{%- if gpus %}

# k3s looks for NVIDIA's runtime only when it starts.
nvidia-smi -L || fail "the NVIDIA driver does not answer: install it first"
command -v nvidia-container-runtime >/dev/null ||
  fail "the NVIDIA container toolkit is missing: install nvidia-container-toolkit first"
{% include "checks/toolkit.sh" %}
{%- endif %}
{%- if gvisor %}
command -v containerd-shim-runsc-v1 >/dev/null || fail "gVisor is missing: run gvisor.sh first"
{%- endif %}

# fetch URL FILE: downloads a file.
fetch() { curl -fsSL --proto '=https' --retry 3 -o "$work/$2" "$1" || fail "cannot download $1"; }
# sum FILE: prints its SHA-256.
sum() { sha256sum <"$work/$1" | cut -d ' ' -f 1; }
# expect FILE SHA256 WHO: fails if the file has another SHA-256, before anything of it is run or installed.
expect() {
  local seen
  seen=$(sum "$1")
  [ "$seen" = "$2" ] || fail "$1 of k3s $version has the SHA-256 $seen, but $3 $2: nothing of it was run"
}

fresh=no
if [ "$installed" != "$version" ] || [ ! -x /usr/local/bin/k3s-uninstall.sh ]; then
  fresh=yes
  machine=$(uname -m)
  case $machine in
    x86_64) architecture=amd64 program=k3s wanted={{ sums.amd64 }} ;;
    aarch64) architecture=arm64 program=k3s-arm64 wanted={{ sums.arm64 }} ;;
    *) fail "k3s has no program for $machine" ;;
  esac
  installer={{ sums.installer }}
  release=https://github.com/k3s-io/k3s/releases/download/${version/+/%2B}
  fetch "$release/$program" "$program"
  fetch "https://raw.githubusercontent.com/k3s-io/k3s/${version/+/%2B}/install.sh" install.sh
  if [ -n "$wanted" ]; then
    expect "$program" "$wanted" "the deployment expects"
  else
    fetch "$release/sha256sum-$architecture.txt" published
    published=$(awk -v program="$program" '$2 == program { print $1 }' "$work/published")
    [ -n "$published" ] || fail "$release/sha256sum-$architecture.txt has no checksum of $program"
    expect "$program" "$published" "its release publishes"
    echo "k3s: $program is compared only with the checksum that its release publishes: to pin it, write in cluster.k3s_sha256"
    echo "k3s:   $architecture: $published"
  fi
  if [ -n "$installer" ]; then
    expect install.sh "$installer" "the deployment expects"
  else
    seen=$(sum install.sh)
    echo "k3s: install.sh is not compared with a checksum: to pin it, write in cluster.k3s_sha256"
    echo "k3s:   installer: $seen"
  fi
fi

changed=no
# place SOURCE TARGET MODE
place() {
  if ! cmp -s "$here/$1" "$2"; then
    install -D -m "$3" "$here/$1" "$2"
    changed=yes
  fi
}
{%- for file in files %}
place {{ file.source }} {{ file.target }} {{ file.mode }}
{%- endfor %}

if [ "$fresh" = yes ]; then
  # Pods keep running while k3s is stopped. Stopping it ensures that the old release does not continue if this is interrupted.
  ! systemctl is-active --quiet k3s || systemctl stop k3s
  install -D -m 0755 "$work/$program" /usr/local/bin/k3s.new
  mv -f /usr/local/bin/k3s.new /usr/local/bin/k3s
  # The installer creates the service. The program that it would download is already in place.
  INSTALL_K3S_SKIP_DOWNLOAD=true INSTALL_K3S_SKIP_START=true INSTALL_K3S_BIN_DIR=/usr/local/bin sh "$work/install.sh" server
  changed=yes
fi

{% if !runtimes.is_empty() -%}
# k3s notices runtimes only when it starts.
runtimes=({% for runtime in runtimes %}{% if !loop.first %} {% endif %}{{ runtime }}{% endfor %})
for runtime in "${runtimes[@]}"; do
  grep -qs "runtimes.*$runtime" {{ rendered }} || changed=yes
done
{% endif -%}
if [ "$changed" = yes ]; then
  systemctl restart k3s
else
  systemctl start k3s
fi
deadline=$((SECONDS + 300))
until k3s kubectl wait --for=condition=Ready node --all --timeout=10s >"$work/wait" 2>&1; do
  progress "waiting until the node is ready, for $((deadline - SECONDS)) s at most"
  [ "$SECONDS" -lt "$deadline" ] || fail "the node is not ready, see journalctl -u k3s: $(cat "$work/wait")"
  sleep 2
done
