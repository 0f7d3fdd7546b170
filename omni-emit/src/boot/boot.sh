#!/usr/bin/env bash
{{ header.hash()|safe }}
#
# Starts the services on {{ host|comment }} that did not come up by themselves. systemd runs a copy of this after each start of
{%- for engine in engines %}{% if !loop.first %} and of{% endif %} {{ engine.unit|safe }}{% endfor %}, and again until it succeeds.
{% include "preamble.sh" %}

me=boot
{% include "operations/failures.sh" %}

[ "$EUID" -eq 0 ] || fail "run this as root"
{% include "operations/stopped.sh" %}

# Services that an interrupted backup.sh or restore.sh has stopped. If one of these is still running, it starts them itself.
waiting=()
exec 9>{{ state_root }}/lock
set +e
flock -n 9
free=$?
set -e
if [ "$free" -eq 0 ]; then
  start_stopped
  waiting=("${down[@]}")
fi
exec 9>&-
{%- if let Some(project) = project %}

# Docker does not retry a container that it could not start when the daemon started, for example because an address or a directory was
# missing: https://github.com/moby/moby/issues/39559. Docker keeps the error, which a container that somebody has stopped does not have.
# No Compose file is read, so a service that has no container, such as one that a standby replaces, stays away.
ids=$(docker ps --all --quiet --no-trunc --filter label=com.docker.compose.project={{ project }})
for id in $ids; do
  seen=$(docker inspect --format '{% raw %}{{.Name}} {{.State.Running}} {{.HostConfig.RestartPolicy.Name}} {{.State.Error}}{% endraw %}' "$id")
  read -r name running policy error <<<"$seen"
  name=${name#/}
  [ "$running" = false ] || continue
  [ -n "$error" ] || continue
  case $policy in
    always | unless-stopped) ;;
    # Other policies mean that it should not be started here.
    *) continue ;;
  esac
  say "starting $name, which Docker could not start: $error"
  set +e
  docker start "$id" >/dev/null
  status=$?
  set -e
  [ "$status" -eq 0 ] || waiting+=("$name")
done
{%- endif %}
[ -z "${waiting[*]-}" ] || fail "these services do not start: ${waiting[*]}"
