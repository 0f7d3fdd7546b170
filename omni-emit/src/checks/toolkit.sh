seen=$(nvidia-ctk --version) || fail "nvidia-ctk does not run: $seen"
[[ $seen =~ version\ ([0-9]+[0-9.]*) ]] || fail "nvidia-ctk prints no version: $seen"
printf '%s\n' {{ toolkit }} "${BASH_REMATCH[1]}" | sort -CV ||
  fail "the NVIDIA container toolkit is ${BASH_REMATCH[1]}: with releases before {{ toolkit|safe }}, pods lose their GPUs when systemd reloads its units"
