if [ -e {{ target }} ]; then
  rm -f {{ target }}
  update-grub
  say "the old kernel parameters take effect with the next boot"
fi
