cmp -s "$bundle"/{{ script }} {{ folder }}/gpus.sh || fail {{ folder }}/gpus.sh "is another than that of the bundle: run deploy.sh --from gpu-watch"
systemctl is-active --quiet {{ timer }} || fail {{ timer }} "does not run"
[ -e {{ metrics }}/{{ file }} ] || fail {{ metrics }}/{{ file }} "is not there: journalctl -u" {{ service }}
