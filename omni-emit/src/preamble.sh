set -Eeuo pipefail
# A failure inside of $(…) is a failure, too.
shopt -s inherit_errexit
# Nothing in the caller's shell changes what is done: with CDPATH, cd prints a path; with KUBECONFIG, `k3s kubectl` asks another
# cluster; with a narrow umask, nobody else can read what is written.
unset CDPATH KUBECONFIG
umask 022
