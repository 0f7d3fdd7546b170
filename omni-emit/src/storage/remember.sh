swap_file={{ swap.file }}
if [ -e "$swap_file" ]; then
  touch "$state/swap-was-there"
fi
if swapon --show=NAME --noheadings | grep -qxF -- "$swap_file"; then
  touch "$state/swap-was-active"
fi
if grep -q -- {{ "^{}[[:space:]]"|format(pattern) }} /etc/fstab; then
  touch "$state/swap-was-in-fstab"
fi
