rm -f {{ target }}
touch "$state/values"
while read -r file value; do
  have=$(cat "$file")
  [ "$have" = "$value" ] || echo "$value" >"$file"
done <"$state/values"
