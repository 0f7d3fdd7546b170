# In the order of their PCI addresses: MiB, and what else is known of each
declared=({% for card in cards %}{% if !loop.first %} {% endif %}{{ card.mebibytes }}{% endfor %})
known=({% for card in cards %}{% if !loop.first %} {% endif %}{{ card.shows.join(" ") }}{% endfor %})
list=$(nvidia-smi --query-gpu=name,uuid,pci.bus_id,memory.total --format=csv,noheader,nounits) ||
  fail "nvidia-smi does not answer: $list"
echo "$list"
mapfile -t shown <<<"$list"
count=$(grep -c . <<<"$list")
[ "$count" -eq {{ cards.len() }} ] || fail "$count GPUs, not" {{ cards.len() }}
for gpu in "${!declared[@]}"; do
  total=${shown[gpu]##*, }
  difference=$((total > declared[gpu] ? total - declared[gpu] : declared[gpu] - total))
  [ $((difference * 100)) -le $((declared[gpu] * {{ tolerance }})) ] ||
    fail "GPU $gpu has $total MiB, not ${declared[gpu]}: ${shown[gpu]}"
  for part in ${known[gpu]}; do
    [[ ${shown[gpu],,} = *"${part,,}"* ]] || fail "GPU $gpu is not $part: ${shown[gpu]}"
  done
done
