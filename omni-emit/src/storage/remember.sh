if swapon --show=NAME --noheadings | grep -qxF -- {{ swap.file }}; then
  touch "$state/swap-was-active"
fi
