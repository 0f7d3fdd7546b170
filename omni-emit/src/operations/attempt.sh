# attempt COMMAND…: runs a command in a subshell, which ends at the first failure, and sets $status to its exit status. Call it as a
# simple command: where a status is tested (`attempt … || …`, `if attempt …`), bash ignores errexit in everything that runs.
attempt() {
  set +e
  (
    set -e
    "$@"
  )
  status=$?
  set -e
}
