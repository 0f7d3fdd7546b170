# Omni's own rules have a comment that begins with this mark.
mark={{ own.mark }}
take_away() {
  local words
  read -ra words <<<"$1"
  ufw delete "${words[@]:1}"
}
