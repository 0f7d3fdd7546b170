mount={{ mount }}
{%- if own_disk %}
# If the disk is not mounted, the folder belongs to another file system.
mountpoint -q "$mount" || fail "$mount is not a mount point: mount its disk first"
{%- else %}
# The folders above it that do not exist yet: the rollback removes them, the deepest first.
missing=$mount
while [ ! -e "$missing" ]; do
  echo "$missing"
  missing=$(dirname "$missing")
done >"$state/made"
{%- endif %}
folders=({% for folder in folders %}{% if !loop.first %} {% endif %}{{ folder.path }}{% endfor %})
for folder in "${folders[@]}"; do
  [ ! -d "$folder" ] || stat -L -c '%n %u:%g %a' "$folder"
done >"$state/directories"
{%- if let Some(swap) = swap %}
swap_file={{ swap.file }}
if [ -e "$swap_file" ]; then
  touch "$state/swap-was-there"
fi
active=$(swapon --show=NAME --noheadings)
if [[ $'\n'$active$'\n' = *$'\n'"$swap_file"$'\n'* ]]; then
  touch "$state/swap-was-active"
fi
line=$(sed -n {{ "\\|^{}[[:space:]]|p"|format(pattern) }} /etc/fstab)
if [ -n "$line" ]; then
  touch "$state/swap-was-in-fstab"
fi
{%- endif %}
