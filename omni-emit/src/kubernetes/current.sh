# `kubectl apply` compares texts. It sees neither that a tag means another image than before, nor that a Secret has other values.
# So each Deployment's pods are annotated with both, and a change of either is rolled out like any other.
image_id() {
  k3s crictl inspecti --output go-template --template '{% raw %}{{.status.id}}{% endraw %}' "$1" 2>/dev/null || true
}
# The digest is salted: more may read a Deployment than a Secret, and some values are easy to guess.
secrets_digest() {
  local names
  names=$(IFS='|' && echo "$*")
  { cat "$kept/salt" && sed -nE "/^($names)=./p" {{ env_file }} | sort; } | sha256sum | cut -d ' ' -f 1
}
# wanted IMAGE SECRET…: the annotations of a pod; IMAGE is empty where a registry has it.
wanted() {
  local image='' secrets=''
  if [ -n "$1" ]; then
    image=$(image_id "$1")
    [ -n "$image" ] || fail "containerd does not have the image $1"
  fi
  [ $# -eq 1 ] || secrets=$(secrets_digest "${@:2}")
  echo "image=$image secrets=$secrets"
}
# annotated NAMESPACE DEPLOYMENT: what they are now.
annotated() {
  k3s kubectl --namespace "$1" get deployment "$2" --output \
    'jsonpath=image={.spec.template.metadata.annotations.omni\.image} secrets={.spec.template.metadata.annotations.omni\.secrets}'
}
# is_brought IMAGE ID: whether containerd has Docker's image of that id. Docker's classic store knows an image by its configuration,
# as containerd does; the store of Docker 29 by its manifest. There it counts what has become of an image that was brought.
is_brought() {
  local known
  known=$(image_id "$1")
  [ "$2" = "$known" ] || grep -qsxF "$1 $2 $known" "$kept/images"
}
