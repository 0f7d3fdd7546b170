file={{ daemon }}
if [ -e "$file" ]; then
  cp -a "$file" "$state/daemon.json"
elif [ ! -d "${file%/*}" ]; then
  touch "$state/no-folder"
fi
