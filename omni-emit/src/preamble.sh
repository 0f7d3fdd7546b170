set -euo pipefail
# `k3s kubectl` means k3s' own cluster, whatever cluster the operator's own kubectl is set to.
unset KUBECONFIG
