# In a check: what it waits for, on standard error, at once and then every half a minute at most.
next_line=0
# shellcheck disable=SC2317 # Checks call it.
progress() {
  [ "$SECONDS" -ge "$next_line" ] || return 0
  next_line=$((SECONDS + 30))
  echo "$*" >&3
}
# load_left STARTED LOAD_TIME: for how many seconds a service may still load that has started then. STARTED is empty if it does not run.
# shellcheck disable=SC2317 # As above.
load_left() {
  local left=0 started
  if [ -n "$1" ]; then
    started=$(date -d "$1" +%s)
    left=$((started + $2 - $(date +%s)))
  fi
  echo $((left > 0 ? left : 0))
}
