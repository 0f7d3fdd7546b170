# One run at a time, until this process ends. What a killed run has started ends soon after it, and holds the lock until then.
lock() {
  exec 9>"$state_root/lock"
  if ! flock --nonblock 9; then
    say "waits for another run to end, for 30 s at most"
    flock --timeout 30 9 || fail "another run is under way"
  fi
}
