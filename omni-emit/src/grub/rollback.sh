if [ -e {{ target }} ]; then
  rm -f {{ target }}
  update-grub
  say "the old kernel parameters come back with the next boot"
fi
