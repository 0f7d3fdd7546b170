driver=$(docker info --format '{% raw %}{{.CgroupDriver}}{% endraw %}') || fail "the Docker daemon does not answer"
[ "$driver" = {{ driver }} ] ||
  fail "Docker has the cgroup driver $driver, with which containers lose their GPUs when systemd reloads its units (systemctl daemon-reload)"
