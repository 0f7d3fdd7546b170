# count_gpus WANTED COMMAND…: sets $count to the number of GPUs that a process started by COMMAND sees, and $seen to its output. $count is
# empty if that cannot be found out. NVIDIA's toolkit adds nvidia-smi unless the image asks for less; then the device itself is opened.
count_gpus() {
  local wanted=$1 status
  shift
  set +e
  seen=$("$@" nvidia-smi -L 2>&1)
  status=$?
  set -e
  count=$(grep -c '^GPU ' <<<"$seen" || true)
  [ "$status" -ne 0 ] || return 0
  count=0
  case $seen in
    *'executable file not found'* | *'no such file or directory'*) ;;
    *) return 0 ;;
  esac
  set +e
  seen=$("$@" sh -c ': <>/dev/nvidiactl' 2>&1)
  status=$?
  set -e
  if [ "$status" -eq 0 ]; then
    count=$wanted
  else
    case $seen in *'executable file not found'* | *'no such file or directory: unknown'*) count= ;; esac
  fi
}
