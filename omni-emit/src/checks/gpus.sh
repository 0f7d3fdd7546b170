list=$(nvidia-smi --query-gpu=name,uuid,pci.bus_id,memory.total --format=csv,noheader,nounits) ||
  fail "nvidia-smi does not answer: $list"
echo "$list"
mapfile -t shown <<<"$list"
count=$(grep -c . <<<"$list" || true)
[ "$count" -eq {{ cards.len() }} ] || fail "GPUs found: $count, expected:" {{ cards.len() }}
# Drivers before 510 do not have this field. Nothing counts as reserved then.
reserved=$(nvidia-smi --query-gpu=memory.reserved --format=csv,noheader,nounits 2>&1) || reserved=
mapfile -t reserved_of <<<"$reserved"
wrong=()
# words_in WORD…: sets $answer to whether the name of the GPU contains each word, regardless of case
words_in() {
  local word
  answer=yes
  for word; do [[ " $words " = *" $word "* ]] || answer=no; done
}
{%- for card in cards %}

# {{ card.name|comment }}, {{ card.model|comment }}
IFS=, read -r name {% if card.uuid.is_some() %}uuid{% else %}_{% endif %} {% if card.pci.is_some() %}pci{% else %}_{% endif %} total <<<"${shown[{{ loop.index0 }}]}"
words=${name^^} total=${total# } kept=${reserved_of[{{ loop.index0 }}]-}
words=${words//[-\/]/ }
words_in{% for word in card.words %} {{ word }}{% endfor %}
meant=$answer
{%- for words in card.not_meant %}
words_in{% for word in words %} {{ word }}{% endfor %}
[ "$answer" = no ] || meant=no
{%- endfor %}
[ "$meant" = yes ] || wrong+=({{ card.name }}" is a $name: write \`model: $name\`, or list the cards in the order of their PCI addresses")
{%- if let Some(uuid) = card.uuid %}
[[ ${uuid# } = {{ uuid }} ]] || wrong+=({{ card.name }}" has the UUID${uuid}: write \`uuid:$uuid\`")
{%- endif %}
{%- if let Some(pci) = card.pci %}
# nvidia-smi writes the domain with eight digits.
[[ ${pci,,} = *{{ pci }} ]] || wrong+=({{ card.name }}" is at the PCI address$pci")
{%- endif %}
if [[ $total =~ ^[0-9]+$ ]]; then
  [ "$total" -ge {{ card.least_shown }} ] ||
    wrong+=({{ card.name }}" has $total MiB, but the deployment says "{{ card.declared }}": write \`vram: $total MiB\`")
  [[ $kept =~ ^[0-9]+$ ]] || kept=0
  [ $((total - kept)) -ge {{ card.promised }} ] ||
    wrong+=({{ card.name }}" has $((total - kept)) MiB for services, which need "{{ card.promised }})
else
  # The GPU and the processor share their memory, so the GPU has no size of its own.
  echo {{ card.name }}" reports $total for its memory, which it shares with the processor: the size is not compared"
fi
{%- endfor %}
[ -z "${wrong[*]-}" ] || fail "$(printf '%s; ' "${wrong[@]}")"
