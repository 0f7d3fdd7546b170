target={{ target }}
wrong=()
# expect KEY FILE VALUE least|exactly: checks the value now, and the file that sets it at boot.
expect() {
  local have
  # A kernel without this setting does not have the feature that it switches off.
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
