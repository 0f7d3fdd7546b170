wrong=()
{%- for folder in folders %}
{%- match folder.owner %}
{%- when Some with (owner) %}
[ "$(stat -c %u:%g {{ folder.path }} 2>&1)" = {{ owner }} ] || wrong+=({{ folder.path }})
{%- when None %}
[ -d {{ folder.path }} ] || wrong+=({{ folder.path }})
{%- endmatch %}
{%- endfor %}
[ -z "${wrong[*]-}" ] || fail "missing, or with another owner: ${wrong[*]}"
