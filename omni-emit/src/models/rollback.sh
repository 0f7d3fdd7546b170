if [ "$purge_data" = yes ]; then
  rm -rf --one-file-system{% for download in downloads %} {{ download.directory }}{% endfor %}
fi
rm -rf {{ venv }}
