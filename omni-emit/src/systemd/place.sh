changed=no
# place SOURCE TARGET: the file of a unit
place() {
  if ! cmp -s "$1" "$2"; then
    install -D -m 0644 "$1" "$2"
    changed=yes
  fi
}
{%- for unit in units %}
place "$bundle"/{{ unit.source }} {{ unit.target }}
{%- endfor %}
