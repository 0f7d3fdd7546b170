say() { printf '%s: %s\n' "$me" "$*"; }
# progress TEXT…: says what is waited for, at once and then at most every 30 seconds.
next_line=0
# shellcheck disable=SC2317 # Some scripts wait for nothing.
progress() {
  [ "$SECONDS" -ge "$next_line" ] || return 0
  next_line=$((SECONDS + 30))
  say "$*" >&2
}
fail() { printf '%s: %s\n' "$me" "$*" >&2; exit 1; }
# failed_at LINE COMMAND: prints the line that failed. The line, because bash names only the last command of a pipeline.
failed_at() {
  local status=$? last=$1 first=$1 lines=() goes_on='(\\|\||&&)$'
  # Without errexit, the caller handles the failure. A failure inside name=$(…) has been printed there.
  [[ $- = *e* && ! $2 =~ ^[A-Za-z_][A-Za-z_0-9]*=\$\( ]] || return 0
  mapfile -t -O 1 lines <"${BASH_SOURCE[1]}"
  while [[ ${lines[first - 1]-} =~ $goes_on ]]; do first=$((first - 1)); done
  while [[ ${lines[last]-} =~ $goes_on ]]; do last=$((last + 1)); done
  lines=("${lines[@]:first:last - first + 1}")
  printf '%s: %s, line %s, ended with %s: %s\n' "$me" "${BASH_SOURCE[1]##*/}" "$1" "$status" "${lines[*]//[[:cntrl:]]/ }" >&2
  # The exit status of the command could have another meaning here.
  exit 1
}
trap 'failed_at "$LINENO" "$BASH_COMMAND"' ERR
