# place FILE
place() {
  if ! cmp -s "$common"/{{ folder }}"$1" "$1"; then
    install -d -m 0755 "${1%/*}"
    install -m 0644 "$common"/{{ folder }}"$1" "$1"
  fi
}
place {{ apt }}
install -d -m 0755 /etc/needrestart
place {{ needrestart }}
