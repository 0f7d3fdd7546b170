{%- if let Some(swap) = swap -%}
swap_file={{ swap.file }}
active=$(swapon --show=NAME --noheadings)
if [ ! -e "$state/swap-was-active" ] && [[ $'\n'$active$'\n' = *$'\n'"$swap_file"$'\n'* ]]; then
  swapoff "$swap_file"
fi
[ -e "$state/swap-was-there" ] || rm -f "$swap_file"
rm -f "$swap_file.new"
if [ ! -e "$state/swap-was-in-fstab" ]; then
  # Only Omni's own line, which begins with the path and a blank.
  sed -i {{ "\\|^{}[[:space:]]|d"|format(pattern) }} /etc/fstab
fi
{% endif -%}
{%- if own_disk -%}
mount={{ mount }}
mountpoint -q "$mount" || fail "$mount is not a mount point: mount its disk first"
{%- endif %}
# Directories that existed before stay, and get their owner and mode back.
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
    [ "$purge_data" = no ] || say "$folder stays with its contents: it existed before"
  elif [ "$purge_data" = yes ]; then
    rm -rf --one-file-system "$folder"
  else
    # Empty directories are removed; directories with data stay.
    rmdir --ignore-fail-on-non-empty "$folder"
  fi
done
{%- if !own_disk %}
# Folders that are not empty stay.
touch "$state/made"
while read -r folder; do
  [ ! -d "$folder" ] || rmdir --ignore-fail-on-non-empty "$folder"
done <"$state/made"
{%- endif %}
