# progress TEXT…: prints to standard error what a check waits for, at once and then at most every 30 seconds.
next_line=0
# shellcheck disable=SC2317 # Checks call it.
progress() {
  [ "$SECONDS" -ge "$next_line" ] || return 0
  next_line=$((SECONDS + 30))
  echo "$*" >&3
}
# load_left STARTED LOAD_TIME: prints for how many more seconds a service may load. STARTED is empty if it does not run.
# shellcheck disable=SC2317 # As above.
load_left() {
  local left=0 started
  if [ -n "$1" ]; then
    started=$(date -d "$1" +%s)
    left=$((started + $2 - $(date +%s)))
  fi
  echo $((left > 0 ? left : 0))
}
