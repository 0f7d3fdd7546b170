version=$(docker version --format '{% raw %}{{.Server.Version}}{% endraw %}') || fail 'the Docker daemon does not answer'
release=${version%%.*}
[ "$release" {{ compares }} {{ since }} ] ||
  fail "Docker is $version, which forwards packets differently from the release in the model: write docker: $release for host" {{ host }} "in the model and emit again, or install Docker" {{ wanted }}
