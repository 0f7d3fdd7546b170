if [ -e {{ daemon }} ]; then
  cp -a {{ daemon }} "$state/daemon.json"
elif [ ! -d "$(dirname {{ daemon }})" ]; then
  touch "$state/no-folder"
fi
