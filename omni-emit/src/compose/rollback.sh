if command -v docker >/dev/null; then
  # By the project's name, which needs neither files nor secrets. In / there is no Compose file that Docker would read.
  cd /
  docker compose --project-name {{ project.name }} --profile '*' down --remove-orphans
fi
