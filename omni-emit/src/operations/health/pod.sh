ready=$(k3s kubectl --namespace {{ namespace }} get deployment {{ name }} --output 'jsonpath={.status.readyReplicas}')
[ "${ready:-0}" -ge 1 ] || fail "no pod is ready"
