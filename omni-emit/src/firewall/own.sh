# Ours have a comment that begins with the mark.
mark={{ own.mark }}
take_away() {
  local words
  read -ra words <<<"$1"
  ufw delete "${words[@]:1}"
}
