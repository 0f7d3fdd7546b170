# If nothing was saved, the step was never applied.
if [ -d "$state/was" ]; then
  for file in {{ apt }} {{ needrestart }}; do
    if [ -e "$state/was$file" ]; then
      cp -a "$state/was$file" "$file"
    else
      rm -f "$file"
    fi
  done
  if [ -e "$state/absent" ]; then
    tac "$state/absent" | while read -r folder; do
      if [ -d "$folder" ]; then
        rmdir --ignore-fail-on-non-empty "$folder"
      fi
    done
  fi
fi
