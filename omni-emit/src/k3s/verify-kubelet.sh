node=$(k3s kubectl get nodes -o jsonpath='{.items[0].metadata.name}') || fail "k3s does not answer"
seen=$(k3s kubectl get --raw "/api/v1/nodes/$node/proxy/configz")
python3 -c 'import json, sys; holds = lambda want, have: all(key in have and holds(want[key], have[key]) for key in want) if isinstance(want, dict) else want == have; sys.exit(not holds(json.loads(sys.argv[1]), json.load(sys.stdin)["kubeletconfig"]))' {{ expected }} <<<"$seen" ||
  fail "the kubelet has other settings: $seen"
