driver=$(docker info --format '{% raw %}{{.CgroupDriver}}{% endraw %}') || fail "the Docker daemon does not answer"
[ "$driver" = {{ driver }} ] ||
  fail "Docker has the cgroup driver $driver, by which containers lose their GPUs when systemd reads its units anew (systemctl daemon-reload)"
