{%- for url in urls %}
curl --noproxy '*' -fsS -m 5 -o /dev/null {{ url }}
{%- endfor %}
