# k3s reads this setting only when a cluster starts for the first time: https://docs.k3s.io/cli/secrets-encrypt
encrypted=$(sed -n 's/^secrets-encryption: //p' {{ config }})
[ "${encrypted:-false}" = {{ encrypted }} ] ||
  fail "this cluster was started with secrets-encryption: ${encrypted:-false}, which k3s cannot change: write cluster.secrets_encryption: ${encrypted:-false} in the model, or remove the cluster first (rollback.sh)"
