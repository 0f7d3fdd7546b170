listening=$(ss --listening --numeric --no-header --processes --tcp --udp) || fail "ss does not answer: install iproute2"
taken=()
# look_at ADDRESS PORT PROTOCOL PROCESS COMMAND…: checks that no other process listens on a port of the deployment. ADDRESS is `*` for all
# addresses. COMMAND lists the parts of this deployment that may listen there already, as PROCESS unless that is empty.
look_at() {
  local address=$1 port=$2 protocol=$3 process=$4 ours='' kind there by who
  while read -r kind _ _ _ there _ by; do
    [[ $kind = "$protocol" && ${there##*:} = "$port" ]] || continue
    # An address may contain the name of an interface: 127.0.0.53%lo:53.
    there=${there%:*} there=${there%%%*}
    [[ $address = '*' || $there = "$address" || $there = '*' || $there = 0.0.0.0 ]] || continue
    if [[ -z $process || -z $by || $by = *"\"$process\""* ]]; then
      ours=$("${@:5}" 2>/dev/null || true)
      [ -z "$ours" ] || return 0
    fi
    who="another process"
    if [[ $by =~ \"(.*)\",pid=([0-9]+) ]]; then
      who="${BASH_REMATCH[1]//[^[:print:]]/?} (process ${BASH_REMATCH[2]})"
    fi
    taken+=("$port/$protocol by $who at $there")
    return 0
  done <<<"$listening"
}
{%- for port in ports %}
look_at {{ port.address() }} {{ port.number }} {{ port.protocol }}
{%- match port.holder %}
{#- One that is just being started or stopped listens as well. #}
{%- when Holder::Published(project, filter) %} docker-proxy docker ps --all --quiet --filter label=com.docker.compose.project={{ project }} --filter {{ filter }}
{%- when Holder::Container(project, filter) %} '' docker ps --quiet --filter label=com.docker.compose.project={{ project }} --filter {{ filter }}
{%- when Holder::Pod(namespace, name) %} '' k3s crictl ps --quiet --label io.kubernetes.pod.namespace={{ namespace }} --label io.kubernetes.container.name={{ name }}
{%- when Holder::K3s %} '' systemctl list-units --state=active --plain --no-legend k3s.service
{%- endmatch %}
{%- endfor %}
[ -z "${taken[*]-}" ] || fail "taken: $(printf '%s; ' "${taken[@]}")stop these programs, or give the services other ports"
