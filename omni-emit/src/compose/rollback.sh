if command -v docker >/dev/null; then
  # By the project's name, so that it needs neither files nor secrets. In / lies no Compose file that it would read instead.
  cd /
  docker compose --project-name {{ project.name }} --profile '*' down --remove-orphans
fi
