kind=$(stat --file-system --format %T /sys/fs/cgroup)
[ "$kind" = cgroup2fs ] || fail "/sys/fs/cgroup is $kind: boot with systemd.unified_cgroup_hierarchy=1"
