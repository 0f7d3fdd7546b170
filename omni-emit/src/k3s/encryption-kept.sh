# k3s decides about it when a cluster starts for the first time: https://docs.k3s.io/cli/secrets-encrypt
encrypted=$(sed -n 's/^secrets-encryption: //p' {{ config }})
[ "${encrypted:-false}" = {{ encrypted }} ] ||
  fail "this cluster was started with secrets-encryption: ${encrypted:-false}, and k3s does not support a change of that: write cluster.secrets_encryption: ${encrypted:-false} in the model, or undo the cluster first (rollback.sh)"
