version=$(docker version --format '{% raw %}{{.Server.Version}}{% endraw %}') || fail 'the Docker daemon does not answer'
release=${version%%.*}
[ "$release" {{ compares }} {{ since }} ] ||
  fail "Docker is $version, which forwards differently from what the model counts on: write docker: $release for host" {{ host }} "in the model and emit again, or install Docker" {{ wanted }}
