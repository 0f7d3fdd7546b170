# The file of secrets alone gives a variable its value: what the calling shell exports would win over it.
compose() {
  env -i PATH="$PATH" HOME="${HOME-/root}" docker compose --env-file {{ project.secrets }}
  {%- for file in project.files %} --file "$bundle"/{{ file }}{% endfor %} "$@"
}
