folders=({% for folder in folders %}{% if !loop.first %} {% endif %}{{ folder }}{% endfor %})
for folder in "${folders[@]}"; do
  [ ! -d "$folder" ] || echo "$folder"
done >"$state/folders"
