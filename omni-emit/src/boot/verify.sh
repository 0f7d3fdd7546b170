wrong=()
# same SOURCE TARGET
same() { cmp -s "$bundle"/"$1" "$2" || wrong+=("$2 differs from $1 of the bundle"); }
{%- for script in scripts %}
same {{ script.source }} {{ script.target }}
{%- endfor %}
{%- for unit in units %}
same {{ unit.source }} {{ unit.target }}
{%- endfor %}
[ -z "${wrong[*]-}" ] || fail "${wrong[*]}: run deploy.sh --from boot"
systemctl is-enabled --quiet {{ boot }} || fail {{ boot }} "is not enabled"
result=$(systemctl show --property=Result --value {{ boot }})
[ "$result" = success ] || fail {{ boot }} "ended with $result: systemctl status" {{ boot }}
{%- if let Some(mount) = mount %}
mount={{ mount }}
{%- for engine in engines %}
mounts=$(systemctl show --property=RequiresMountsFor --value {{ engine.unit }})
case " $mounts " in
  *" $mount "*) ;;
  *) fail {{ engine.unit }} "does not wait for $mount" ;;
esac
{%- endfor %}
{%- endif %}
