# Only the file of secrets sets variables: those that the calling shell exports would take precedence.
compose() {
  env -i PATH="$PATH" HOME="${HOME-/root}" docker compose --env-file {{ project.secrets }}
  {%- for file in project.files %} --file "$bundle"/{{ file }}{% endfor %} "$@"
}
