{% include "compose/project.sh" %}
command -v docker >/dev/null || fail "Docker is not installed: https://docs.docker.com/engine/install/"
docker info >/dev/null 2>&1 || fail "the Docker daemon does not answer"
version=$(docker compose version --short) || fail "Docker has no compose plugin"
printf '%s\n' {{ oldest }} "${version#v}" | sort -CV || fail "docker compose $version is too old: {{ oldest|safe }} or newer is required"
{%- if gpus %}
command -v nvidia-container-runtime-hook >/dev/null || command -v nvidia-cdi-hook >/dev/null ||
  fail "the NVIDIA container toolkit is not installed"
{%- endif %}
{%- if sandboxed %}
docker info --format '{% raw %}{{range $name, $_ := .Runtimes}}{{println $name}}{{end}}{% endraw %}' | grep -x runsc >/dev/null ||
  fail "Docker does not have the runtime runsc"
{%- endif %}
{%- for image in images %}
docker image inspect {{ image }} >/dev/null 2>&1 || fail "the image {{ image|safe }} is not on this host: build it first"
{%- endfor %}
{%- for standby in stand_ins %}
{{ standby|safe }}
{%- endfor %}
{%- if let Some(file) = resolv_conf %}
# Sandboxed containers use the host's name servers: gVisor's network does not reach the name server that Docker has in each container.
# An existing file stays, so that the operator can choose other servers.
file={{ file }}
if [ ! -s "$file" ]; then
  # systemd-resolved listens on loopback. It lists the servers that it asks in this file.
  known=/run/systemd/resolve/resolv.conf
  [ -e "$known" ] || known=/etc/resolv.conf
  folder=$(dirname "$file")
  mkdir -p "$folder"
  awk '$1 == "nameserver" && $2 ~ /^[0-9.]+$/ && $2 !~ /^127\./' "$known" >"$file"
  chmod 644 "$file"
  [ -s "$file" ] || fail "$known names no server that a container can reach: write a line \"nameserver ADDRESS\" to $file"
fi
{%- endif %}
{%- if let Some(readable) = readable %}
{{ readable|safe }}
{%- endif %}
# Some releases of Compose read `$$` in an included file as a variable, and warn about it.
# shellcheck disable=SC2310 # The function is one command.
warnings=$(compose config --quiet 2>&1) || fail "$warnings"
case $warnings in *"variable is not set"*) fail "$warnings" ;; esac
compose up --detach --remove-orphans
