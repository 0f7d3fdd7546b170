cmp -s "$bundle"/{{ script }} {{ folder }}/gpus.sh || fail {{ folder }}/gpus.sh "differs from the script of the bundle: run deploy.sh --from gpu-watch"
systemctl is-active --quiet {{ timer }} || fail {{ timer }} "does not run"
[ -e {{ metrics }}/{{ file }} ] || fail {{ metrics }}/{{ file }} "does not exist: see journalctl -u" {{ service }}
