# started_at NAMESPACE SELECTOR: prints the time at which the newest pod's container was started. Prints nothing if it does not run, or was restarted
# after a failure: such a service does not count as loading. After a reboot the kubelet does not know how the last run ended (Unknown).
started_at() {
  local seen
  seen=$(k3s kubectl --namespace "$1" get pods --selector "$2" --output \
    'jsonpath={range .items[*]}{.status.containerStatuses[0].state.running.startedAt},{.status.containerStatuses[0].lastState.terminated.reason}{"\n"}{end}' 2>/dev/null || true)
  seen=$(sort <<<"$seen" | tail -n 1)
  case ${seen#*,} in '' | Unknown) echo "${seen%%,*}" ;; esac
}
