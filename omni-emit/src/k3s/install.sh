#!/usr/bin/env bash
{{ header.hash()|safe }}
#
# Installs k3s: what it reads stands before it starts for the first time. A second run changes nothing.
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

# Another cluster's network cannot be changed, and its pods would be lost
installed=''
if command -v k3s >/dev/null; then
  installed=$(k3s --version | awk 'NR == 1 { print $3 }')
fi
if [ -n "$installed" ] || [ -e "$config" ]; then
  grep -qs {{ ours }} "$config" ||
    fail "k3s or its configuration is here already, and not of this deployment: remove it first (k3s-uninstall.sh)"
fi
if [ -n "$installed" ] && [ "$installed" != "$version" ]; then
  [ "${OMNI_UPGRADE_K3S:-no}" = yes ] ||
    fail "k3s $installed runs here; to go on to $version, run this with OMNI_UPGRADE_K3S=yes"
  newest=$(printf '%s\n' "$installed" "$version" | sort -V | tail -n 1)
  [ "$newest" = "$version" ] || fail "k3s $installed cannot go back to $version"
fi
if [ -n "$installed" ]; then
  networks=$(sed -n '/-cidr:/p' "$config")
  declared_networks=$(sed -n '/-cidr:/p' "$here/config.yaml")
  [ "$networks" = "$declared_networks" ] ||
    fail "the networks of a cluster cannot be changed: undo it first (rollback.sh)"
fi
{%- if gpus %}

# k3s looks for NVIDIA's runtime only while it starts
nvidia-smi -L || fail "the NVIDIA driver does not answer: install it first"
command -v nvidia-container-runtime >/dev/null ||
  fail "the NVIDIA container toolkit is missing: install nvidia-container-toolkit first"
{%- endif %}
{%- if gvisor %}
command -v containerd-shim-runsc-v1 >/dev/null || fail "gVisor is missing: run gvisor.sh first"
{%- endif %}

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

if [ "$installed" != "$version" ]; then
  # The release's own installer: it fetches that release and compares its checksum
  curl -fsSL --proto '=https' --retry 3 -o "$work/install.sh" \
    "https://raw.githubusercontent.com/k3s-io/k3s/${version/+/%2B}/install.sh"
  INSTALL_K3S_VERSION=$version sh "$work/install.sh" server
fi

{% if !runtimes.is_empty() -%}
# What is installed after k3s' start stays unknown to it until the next
runtimes=({% for runtime in runtimes %}{% if !loop.first %} {% endif %}{{ runtime }}{% endfor %})
for runtime in "${runtimes[@]}"; do
  grep -qs "runtimes.*$runtime" {{ rendered }} || changed=yes
done
{% endif -%}
if [ "$changed" = yes ] && [ "$installed" = "$version" ]; then
  systemctl restart k3s
else
  systemctl start k3s
fi
deadline=$((SECONDS + 300))
until k3s kubectl wait --for=condition=Ready node --all --timeout=10s >"$work/wait" 2>&1; do
  [ "$SECONDS" -lt "$deadline" ] || fail "the node is not ready, see journalctl -u k3s: $(cat "$work/wait")"
  sleep 2
done
