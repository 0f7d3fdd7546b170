timeout 10 docker exec {{ container }}{% for word in command %} {{ word }}{% endfor %} >/dev/null
