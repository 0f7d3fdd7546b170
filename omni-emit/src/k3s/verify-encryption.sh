status=$(k3s secrets-encrypt status) || fail "k3s does not say whether it encrypts Secrets: $status"
grep -qx 'Encryption Status: Enabled' <<<"$status" || fail "$status"
