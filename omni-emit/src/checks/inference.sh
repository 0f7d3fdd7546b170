progress "waiting for the model's answer, for {{ within|safe }} s at most"
start=${EPOCHREALTIME/[.,]/}
first='' pieces=0 tokens=0
while IFS= read -r line; do
  if [[ $line =~ \"completion_tokens\":\ ?([0-9]+) ]]; then
    tokens=${BASH_REMATCH[1]}
  fi
  if [[ $line =~ \"(reasoning_)?content\":\ ?\"[^\"] ]]; then
    last=${EPOCHREALTIME/[.,]/}
    first=${first:-$last}
    pieces=$((pieces + 1))
  fi
done < <(curl --noproxy '*' -fsSN -m {{ within }} -H 'Content-Type: application/json' -d {{ request }} {{ url }})
wait "$!" || fail "no complete answer within" {{ within }} "s"
[ "$pieces" -gt 0 ] || fail "the answer is empty"
# The time to the first token belongs to the prompt. An answer in one piece has no other time.
[ "$pieces" -gt 1 ] || first=$start
[ "$tokens" -gt 0 ] || tokens=$pieces
rate=$((tokens * 1000000 / (last - first + 1)))
echo "$tokens tokens in $(((last - start) / 1000)) ms, $rate per second"
[ "$rate" -ge {{ least }} ] || fail "$rate tokens per second, expected at least" {{ least }}
