#!/usr/bin/env bash
{{ header.hash()|safe }}
#
# Starts on {{ host|comment }} what did not come up by itself. systemd runs a copy of this after each start of
{%- for engine in engines %}{% if !loop.first %} and of{% endif %} {{ engine.unit|safe }}{% endfor %}, and again until it succeeds.
{% include "preamble.sh" %}

me=boot
{% include "operations/failures.sh" %}

[ "$EUID" -eq 0 ] || fail "run this as root"
{% include "operations/stopped.sh" %}

# What a run of backup.sh or restore.sh has stopped that was cut off. One that is under way starts it by itself.
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

# Docker does not try again when a container cannot be started as the daemon starts, for lack of an address or a directory:
# https://github.com/moby/moby/issues/39559. It keeps the error, which tells such a container from one that somebody has stopped.
# No Compose file is read: what is not there, as a service that a standby has replaced, stays away.
ids=$(docker ps --all --quiet --no-trunc --filter label=com.docker.compose.project={{ project }})
for id in $ids; do
  seen=$(docker inspect --format '{% raw %}{{.Name}} {{.State.Running}} {{.HostConfig.RestartPolicy.Name}} {{.State.Error}}{% endraw %}' "$id")
  read -r name running policy error <<<"$seen"
  name=${name#/}
  [ "$running" = false ] || continue
  [ -n "$error" ] || continue
  case $policy in
    always | unless-stopped) ;;
    # Who asks for another policy does not want it started here.
    *) continue ;;
  esac
  say "starts $name, which Docker could not start: $error"
  set +e
  docker start "$id" >/dev/null
  status=$?
  set -e
  [ "$status" -eq 0 ] || waiting+=("$name")
done
{%- endif %}
[ -z "${waiting[*]-}" ] || fail "these do not start: ${waiting[*]}"
