set -Eeuo pipefail
# A failure inside $(…) is a failure, too.
shopt -s inherit_errexit
# The caller's environment must not matter: with CDPATH, cd prints a path; with KUBECONFIG, `k3s kubectl` uses another cluster; with a
# narrow umask, nobody else can read the files that are written.
unset CDPATH KUBECONFIG
umask 022
