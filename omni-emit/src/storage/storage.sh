#!/usr/bin/env bash
{{ header.hash()|safe }}
#
# Creates the directories{% if swap.is_some() %} and the swap file{% endif %}. A second run changes nothing.
{% include "preamble.sh" %}

me=storage
{% include "operations/failures.sh" %}

[ "$EUID" -eq 0 ] || fail "run this as root"
mount={{ mount }}
{%- if own_disk %}
mountpoint -q "$mount" || fail "$mount is not a mount point: mount its disk first"
{%- else %}
[ -d "$mount" ] || [ ! -e "$mount" ] || fail "$mount exists and is not a directory"
mkdir -p "$mount"
{%- endif %}
{%- if has_operator %}

operator=${OMNI_OPERATOR:-${SUDO_USER:-root}}
id -u "$operator" >/dev/null || fail "there is no user $operator: set OMNI_OPERATOR"
operator_user=$(id -u "$operator")
operator_group=$(id -g "$operator")
{%- endif %}

# directory PATH OWNER: creates a directory. Its contents keep their owners.
directory() {
  local owner
  if [ ! -d "$1" ]; then
    [ ! -e "$1" ] || fail "$1 exists and is not a directory"
    mkdir "$1"
  fi
  owner=$(stat -c %u:%g "$1")
  [ "$owner" = "$2" ] || chown "$2" "$1"
}
{%- for folder in folders %}
directory {{ folder.path }} {% match folder.owner %}{% when Some with (owner) %}{{ owner }}{% when None %}"$operator_user:$operator_group"{% endmatch %}
{%- endfor %}
{%- if let Some(swap) = swap %}

# The swap file: {{ swap.size|comment }}
swap_file={{ swap.file }}
swap_size={{ swap.size.get() }}
active=$(swapon --show=NAME --noheadings)
have=0
if [ -e "$swap_file" ]; then
  have=$(stat -c %s "$swap_file")
fi
if [[ $'\n'$active$'\n' != *$'\n'"$swap_file"$'\n'* ]]; then
  [ ! -e "$swap_file" ] || [ "$(blkid -p -s TYPE -o value "$swap_file" || true)" = swap ] ||
    fail "$swap_file exists and is not a swap file: move it away"
  if [ "$have" -ne "$swap_size" ]; then
    # Under another name until it is complete, so that the file of an interrupted run is not mistaken for the operator's.
    new=$swap_file.new
    rm -f "$swap_file" "$new"
    folder=$(dirname "$new")
    free=$(df --output=avail -B1 "$folder" | tail -n 1)
    [ "$free" -ge "$swap_size" ] || fail "not enough space for a swap file of $swap_size bytes at $swap_file"
    kind=$(stat -f -c %T "$folder")
    if [ "$kind" = btrfs ]; then
      # On btrfs, a swap file must not be copied on write. This can be set only while the file is empty.
      touch "$new"
      chattr +C "$new"
    fi
    fallocate -l "$swap_size" "$new"
    chmod 600 "$new"
    mkswap "$new"
    mv "$new" "$swap_file"
  fi
  chown root:root "$swap_file"
  chmod 600 "$swap_file"
  swapon "$swap_file"
elif [ "$have" -ne "$swap_size" ]; then
  fail "$swap_file is active and does not have $swap_size bytes: run swapoff $swap_file, then run this again"
fi
# A line that the operator has written stays.
line=$(sed -n {{ "\\|^{}[[:space:]]|p"|format(pattern) }} /etc/fstab)
if [ -z "$line" ]; then
  # If the last line does not end in a line feed, the new line would be appended to it.
  last=$(tail -c 1 /etc/fstab)
  [ -z "$last" ] || echo >>/etc/fstab
  echo "$swap_file none swap sw 0 0" >>/etc/fstab
fi
{%- endif %}
