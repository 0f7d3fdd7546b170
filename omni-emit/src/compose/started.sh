# started_at CONTAINER: when it has started. Nothing if it does not run, or runs again after a failure: such a service does not load.
# Docker counts from zero again when its daemon starts the container.
started_at() {
  docker inspect --format '{% raw %}{{if and .State.Running (eq .RestartCount 0)}}{{.State.StartedAt}}{{end}}{% endraw %}' "$1" 2>/dev/null || true
}
