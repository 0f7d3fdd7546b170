{%- if !images.is_empty() -%}
# containerd does not see Docker's images. What it has already is not brought again.
bring() {
  local built known
  built=$(docker image inspect --format '{% raw %}{{.Id}}{% endraw %}' "$1" 2>/dev/null) || fail "the image $1 is not on this host: build it first"
  known=$(k3s crictl inspecti --output go-template --template '{% raw %}{{.status.id}}{% endraw %}' "$1" 2>/dev/null || true)
  [ "$built" = "$known" ] || docker save "$1" | k3s ctr images import -
}
{%- for image in images %}
bring {{ image.as_str() }}
{%- endfor %}
{% endif -%}
{%- for namespace in namespaces %}
# Only what the pods of this namespace read.
k3s kubectl --namespace {{ namespace.name }} create secret generic {{ secret }} --dry-run=client --output yaml \
  --from-env-file=<(grep -E {% raw %}'^('{% endraw %}{% for name in namespace.secrets %}{% if !loop.first %}'|'{% endif %}{{ name.as_str() }}{% endfor %}')=.' {{ env_file }} || true) |
  k3s kubectl label --local --output yaml -f -{% for (key, value) in labels %} {{ format!("{key}={value}") }}{% endfor %} |
  sed '/^  creationTimestamp: null$/d' | k3s kubectl apply -f -
{% endfor -%}
{{ manifests|safe }}
{{ left_behind|safe }}
left_behind | while read -r kind namespace name; do
  k3s kubectl delete --namespace "$namespace" --timeout=5m "$kind" "$name"
done
# A model takes minutes to load; verify.sh says when it has.
