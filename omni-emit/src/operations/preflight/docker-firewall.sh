# Since release 29, Docker can use nftables: https://docs.docker.com/engine/network/firewall-nftables/. Earlier releases do not print this.
info=$(docker info) || fail "the Docker daemon does not answer"
backend=$(sed -n 's/^ *Firewall Backend: //p' <<<"$info")
case $backend in
  nftables*) fail "Docker's firewall-backend is $backend, which has no chain DOCKER-USER: set it to iptables in /etc/docker/daemon.json" ;;
esac
