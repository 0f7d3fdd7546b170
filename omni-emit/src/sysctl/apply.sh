values=$state/values
touch "$values"
known=$(cat "$values")
# Settings that are no longer in the model get their earlier value back.
files=({% for setting in settings %}{% if !loop.first %} {% endif %}{{ setting.file() }}{% endfor %})
while read -r file value; do
  [ -n "$file" ] || continue
  case " ${files[*]} " in
    *" $file "*) ;;
    *)
      echo "$value" >"$file"
      sed -i "\\|^$file |d" "$values"
      ;;
  esac
done <<<"$known"
# set_live FILE VALUE least|exactly: sets a value now. With `least`, a higher value stays.
set_live() {
  local have known
  if [ ! -e "$1" ]; then
    say "this kernel does not have $1"
    return
  fi
  have=$(cat "$1")
  known=$(cat "$values")
  case $'\n'$known in
    *$'\n'"$1 "*) ;;
    *) echo "$1 $have" >>"$values" ;;
  esac
  if [ "$have" -lt "$2" ] || { [ "$3" = exactly ] && [ "$have" -ne "$2" ]; }; then
    echo "$2" >"$1"
  fi
}
{%- for setting in settings %}
set_live {{ setting.file() }} {{ setting.value }} {% if setting.at_least %}least{% else %}exactly{% endif %}
{%- endfor %}
new=$state/90-omni.conf
cp "$common"/{{ source }} "$new"
{%- for setting in settings %}
{%- if setting.at_least %}
# This file is read late during the boot, and must not lower a higher value of the machine.
had=$(awk -v file={{ setting.file() }} '$1 == file { print $2 }' "$values")
if [ "${had:-0}" -gt {{ setting.value }} ]; then
  sed -i "s/^{{ setting.key|safe }} = .*/{{ setting.key|safe }} = $had/" "$new"
fi
{%- endif %}
{%- endfor %}
if ! cmp -s "$new" {{ target }}; then
  install -D -m 0644 "$new" {{ target }}
fi
