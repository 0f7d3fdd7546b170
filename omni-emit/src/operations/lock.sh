# Only one run at a time, until this process ends. Processes of a killed run hold the lock until they end.
lock() {
  exec 9>"$state_root/lock"
  if ! flock --nonblock 9; then
    say "waiting for another run to end, for 30 s at most"
    flock --timeout 30 9 || fail "another run is in progress"
  fi
}
