mkdir "$state/was"
for file in {{ apt }} {{ needrestart }}; do
  if [ -e "$file" ]; then
    mkdir -p "$state/was${file%/*}"
    cp -a "$file" "$state/was$file"
  fi
done
for folder in /etc/needrestart /etc/needrestart/conf.d; do
  if [ ! -d "$folder" ]; then
    echo "$folder" >>"$state/absent"
  fi
done
