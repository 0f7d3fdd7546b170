{% for standby in stand_ins %}{{ standby|safe }}
{% endfor -%}
kept=$state
{{ current|safe }}
{%- if !images.is_empty() %}
# bring IMAGE NAME: copies an image from Docker to containerd, which does not see Docker's images. NAME is containerd's name for it.
bring() {
  local built known pinned
  built=$(docker image inspect --format '{% raw %}{{.Id}}{% endraw %}' "$1" 2>/dev/null) || fail "the image $1 is not on this host: build it first"
  # shellcheck disable=SC2310 # The exit status is the answer. If it is wrong, the image is copied once more.
  if ! is_brought "$1" "$built"; then
    docker save "$1" | k3s ctr images import -
    known=$(image_id "$1")
    [ -n "$known" ] || fail "containerd does not have the image $1 after its import"
    echo "$1 $built $known" >>"$kept/images"
  fi
  # When the disk fills up, the kubelet deletes images that no pod uses. This one cannot be pulled again, so it is pinned.
  # https://github.com/containerd/containerd/issues/6930
  pinned=$(k3s ctr images list --quiet "name==$2,labels.\"io.cri-containerd.pinned\"==pinned")
  [ -n "$pinned" ] || k3s ctr images label "$2" io.cri-containerd.pinned=pinned
}
{%- for image in images %}
bring {{ image.as_str() }} {{ image.canonical() }}
{%- endfor %}
{%- endif %}
{%- for namespace in namespaces %}
# Only the secrets that the pods of this namespace read.
values=$(sed -nE {% raw %}'/^('{% endraw %}{% for name in namespace.secrets %}{% if !loop.first %}'|'{% endif %}{{ name.as_str() }}{% endfor %}')=./p' {{ env_file }})
k3s kubectl --namespace {{ namespace.name }} create secret generic {{ secret }} --dry-run=client --output yaml \
  --from-env-file=<(echo "$values") |
  k3s kubectl label --local --output yaml -f -{% for (key, value) in labels %} {{ format!("{key}={value}") }}{% endfor %} |
  sed '/^  creationTimestamp: null$/d' | k3s kubectl apply -f -
{%- endfor %}
{%- if !annotated.is_empty() %}
if [ ! -s "$kept/salt" ]; then
  head -c 32 /dev/urandom | base64 >"$kept/salt.new"
  mv "$kept/salt.new" "$kept/salt"
fi
# annotate NAMESPACE DEPLOYMENT SERVICE FILE IMAGE SECRET…
annotate() {
  local found want have image secrets
  found=$(k3s kubectl --namespace "$1" get deployment "$2" --ignore-not-found --output name)
  if [ -z "$found" ]; then
    # A new Deployment gets no pods until it is annotated: otherwise they would start twice.
    sed 's/^  replicas: 1$/  replicas: 0/' "$bundle/$4" | k3s kubectl apply --selector "app.kubernetes.io/name=$3" -f -
  fi
  want=$(wanted "${@:5}")
  have=$(annotated "$1" "$2")
  [ "$have" != "$want" ] || return 0
  image=${want% *} secrets=${want#* }
  image=${image#image=} secrets=${secrets#secrets=}
  # `null` removes an annotation.
  image=${image:+\"$image\"} secrets=${secrets:+\"$secrets\"}
  k3s kubectl --namespace "$1" patch deployment "$2" --type merge --patch \
    "{\"spec\":{\"template\":{\"metadata\":{\"annotations\":{\"omni.image\":${image:-null},\"omni.secrets\":${secrets:-null}}}}}}"
}
{%- for pod in annotated %}
annotate {{ pod.namespace }} {{ pod.deployment }} {{ pod.service }} {{ pod.file }} {{ pod.image }}{% for secret in pod.secrets %} {{ secret.as_str() }}{% endfor %}
{%- endfor %}
{%- endif %}
{{ manifests|safe }}
{{ left_behind|safe }}
left=$(left_behind)
while read -r kind namespace name; do
  [ -n "$kind" ] || continue
  say "deleting $kind $name of $namespace, which is no longer in the model, for five minutes at most"
  k3s kubectl delete --namespace "$namespace" --timeout=5m "$kind" "$name"
done <<<"$left"
# Models take minutes to load. verify.sh shows when they have loaded.
