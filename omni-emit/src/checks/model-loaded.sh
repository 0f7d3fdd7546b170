url={{ url }}
models=$(curl --noproxy '*' -fsS -m 10 "$url") || fail "$url does not answer"
python3 -c 'import json, sys; names = [model["id"] for model in json.load(sys.stdin)["data"]]; print(*names); sys.exit(sys.argv[1] not in names)' {{ model }} <<<"$models" ||
  fail {{ model }} "is not loaded: $models"
