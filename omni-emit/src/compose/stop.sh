{% include "compose/project.sh" %}
# Without a container there is nothing that a restart policy could bring back. The data are not in it.
compose --profile '*' rm --stop --force {{ service }}
