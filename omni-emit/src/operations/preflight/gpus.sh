mapfile -t gpus < <(nvidia-smi --query-gpu=memory.total,uuid,name --format=csv,noheader,nounits)
[ -z "${gpus[*]-}" ] && fail "nvidia-smi shows no GPU: is the driver loaded?"
found=$(printf '%s\n' "${gpus[@]}" | wc -l)
[ "$found" -eq {{ gpus.len() }} ] || fail "$found GPUs: ${gpus[*]}"
{%- for gpu in gpus %}
IFS=, read -r memory {% if gpu.uuid.is_some() %}uuid{% else %}_{% endif %} name <<<"${gpus[{{ loop.index0 }}]}"
wanted={{ gpu.model }}
[[ $name == *"$wanted"* ]] || fail "GPU {{ loop.index0 }} is$name"
[ "$memory" -ge {{ gpu.at_least_mib }} ] || fail "GPU {{ loop.index0 }} has $memory MiB"
{%- if let Some(wanted) = gpu.uuid %}
[ "${uuid# }" = {{ wanted }} ] || fail "GPU {{ loop.index0 }} is$uuid"
{%- endif %}
{%- endfor %}
