{% include "compose/project.sh" %}
# A standby has no replicas until it is told otherwise.
compose up --detach --no-deps --scale {{ service }}=1 {{ service }}
