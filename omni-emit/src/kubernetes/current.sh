# `kubectl apply` compares texts. It does not notice when a tag refers to a new image or when the values of a Secret change. So the pods of each
# Deployment are annotated with both, and a change of either is rolled out like any other.
image_id() {
  k3s crictl inspecti --output go-template --template '{% raw %}{{.status.id}}{% endraw %}' "$1" 2>/dev/null || true
}
# The digest is salted: more users may read a Deployment than a Secret, and some values are easy to guess.
secrets_digest() {
  local names
  names=$(IFS='|' && echo "$*")
  { cat "$kept/salt" && sed -nE "/^($names)=./p" {{ env_file }} | sort; } | sha256sum | cut -d ' ' -f 1
}
# wanted IMAGE SECRET…: prints the annotations that a pod should have. IMAGE is empty if it comes from a registry.
wanted() {
  local image='' secrets=''
  if [ -n "$1" ]; then
    image=$(image_id "$1")
    [ -n "$image" ] || fail "containerd does not have the image $1"
  fi
  [ $# -eq 1 ] || secrets=$(secrets_digest "${@:2}")
  echo "image=$image secrets=$secrets"
}
# annotated NAMESPACE DEPLOYMENT: prints the annotations that its pods have.
annotated() {
  k3s kubectl --namespace "$1" get deployment "$2" --output \
    'jsonpath=image={.spec.template.metadata.annotations.omni\.image} secrets={.spec.template.metadata.annotations.omni\.secrets}'
}
# is_brought IMAGE ID: whether containerd has Docker's image with this id. Docker's classic store identifies an image by its configuration, as
# containerd does. Docker 29's store uses the manifest, so for that one the ids of copied images are recorded.
is_brought() {
  local known
  known=$(image_id "$1")
  [ "$2" = "$known" ] || grep -qsxF "$1 $2 $known" "$kept/images"
}
