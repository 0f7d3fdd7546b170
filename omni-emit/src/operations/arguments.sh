{%- if let Some(operand) = operand %}{{ operand|safe }}=''
{% endif -%}
{%- for option in options -%}
{{ option.variable()|safe }}={% match option.takes %}{% when Takes::Nothing %}no{% when Takes::Value(_) %}''{% when Takes::Values(_) %}(){% endmatch %}
{% endfor -%}
while [ $# -gt 0 ]; do
  case $1 in
{%- for option in options %}
{%- match option.takes %}
{%- when Takes::Nothing %}
    {{ option.name }}) {{ option.variable()|safe }}=yes ;;
{%- when Takes::Value(_) %}
    {{ option.name }})
      {{ option.variable()|safe }}=${2-}
      shift
      ;;
{%- when Takes::Values(_) %}
    {{ option.name }})
      {{ option.variable()|safe }}+=("${2-}")
      shift
      ;;
{%- endmatch %}
{%- endfor %}
    -h | --help)
      usage
      exit 0
      ;;
{%- if let Some(operand) = operand %}
    -*)
      usage >&2
      exit 2
      ;;
    *) {{ operand|safe }}=$1 ;;
{%- else %}
    *)
      usage >&2
      exit 2
      ;;
{%- endif %}
  esac
  shift || break
done
