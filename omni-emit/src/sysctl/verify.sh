target={{ target }}
wrong=()
# expect KEY FILE VALUE least|exactly: now, and after the next boot
expect() {
  local have
  # A kernel without the setting does not do what it switches off.
  [ -e "$2" ] || return 0
  have=$(cat "$2")
  if [ "$have" -ne "$3" ] && { [ "$4" = exactly ] || [ "$have" -lt "$3" ]; }; then
    wrong+=("$1 is $have")
  fi
  if ! grep -qsE "^$1 = [0-9]+\$" "$target"; then
    wrong+=("$1 is not in $target")
  fi
}
{%- for setting in settings %}
expect {{ setting.key }} {{ setting.file() }} {{ setting.value }} {% if setting.at_least %}least{% else %}exactly{% endif %}
{%- endfor %}
[ -z "${wrong[*]-}" ] || fail "${wrong[*]}"
