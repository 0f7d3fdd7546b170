{%- if let Some(swap) = swap -%}
swap_file={{ swap.file }}
active=$(swapon --show=NAME --noheadings)
if [ ! -e "$state/swap-was-active" ] && [[ $'\n'$active$'\n' = *$'\n'"$swap_file"$'\n'* ]]; then
  swapoff "$swap_file"
fi
[ -e "$state/swap-was-there" ] || rm -f "$swap_file"
rm -f "$swap_file.new"
if [ ! -e "$state/swap-was-in-fstab" ]; then
  # Only our own line: it begins with its path and a blank.
  sed -i {{ "\\|^{}[[:space:]]|d"|format(pattern) }} /etc/fstab
fi
{% endif -%}
{%- if own_disk -%}
mount={{ mount }}
mountpoint -q "$mount" || fail "$mount is not a mount point: mount its disk first"
{%- endif %}
# What was there before is not ours to delete: it has its owner and its mode again.
declare -A owner_of=() mode_of=()
touch "$state/directories"
while read -r folder owner mode; do owner_of[$folder]=$owner mode_of[$folder]=$mode; done <"$state/directories"
folders=({% for folder in folders %}{% if !loop.first %} {% endif %}{{ folder.path }}{% endfor %})
for folder in "${folders[@]}"; do
  [ -d "$folder" ] || continue
  if [ -n "${owner_of[$folder]-}" ]; then
    chown "${owner_of[$folder]}" "$folder"
    # Without "=", a set-group-ID bit would stay.
    chmod "=${mode_of[$folder]}" "$folder"
    [ "$purge_data" = no ] || say "$folder stays, with what is in it: it was there before"
  elif [ "$purge_data" = yes ]; then
    rm -rf --one-file-system "$folder"
  else
    # Empty directories go; what holds data stays.
    rmdir --ignore-fail-on-non-empty "$folder"
  fi
done
{%- if !own_disk %}
# A folder on the way with something in it stays.
touch "$state/made"
while read -r folder; do
  [ ! -d "$folder" ] || rmdir --ignore-fail-on-non-empty "$folder"
done <"$state/made"
{%- endif %}
