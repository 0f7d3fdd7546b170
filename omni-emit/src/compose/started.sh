# started_at CONTAINER: prints the time at which it was started. Prints nothing if it does not run, or was restarted after a failure: such a
# service does not count as loading. Docker resets the count of restarts when its daemon starts the container.
started_at() {
  docker inspect --format '{% raw %}{{if and .State.Running (eq .RestartCount 0)}}{{.State.StartedAt}}{{end}}{% endraw %}' "$1" 2>/dev/null || true
}
