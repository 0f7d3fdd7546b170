status=$(k3s secrets-encrypt status) || fail "cannot find out whether k3s encrypts Secrets: $status"
grep -qx 'Encryption Status: Enabled' <<<"$status" || fail "$status"
