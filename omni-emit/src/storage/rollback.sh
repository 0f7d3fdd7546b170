{%- if let Some(swap) = swap -%}
swap_file={{ swap.file }}
if [ ! -e "$state/swap-was-active" ] && swapon --show=NAME --noheadings | grep -qxF -- "$swap_file"; then
  swapoff "$swap_file"
fi
[ -e "$state/swap-was-there" ] || rm -f "$swap_file"
rm -f "$swap_file.new"
if [ ! -e "$state/swap-was-in-fstab" ]; then
  # Only our own line: its path and a blank, at the line's beginning.
  sed -i {{ "\\|^{}[[:space:]]|d"|format(pattern) }} /etc/fstab
fi
{% endif -%}
if [ "$purge_data" = yes ]; then
  rm -rf --one-file-system{% for folder in folders %} {{ folder.path }}{% endfor %}
else
  # Empty directories go; what holds data stays.
  rmdir --ignore-fail-on-non-empty{% for folder in folders %} {{ folder.path }}{% endfor %} 2>/dev/null || true
fi
