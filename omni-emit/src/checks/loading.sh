{% if namespace.is_some() %}{% include "kubernetes/started.sh" %}{% else %}{% include "compose/started.sh" %}{% endif %}
set +e
(
  set -e
{{ script.body()|safe }}
)
status=$?
set -e
# While the service may still be loading, this is not a failure.
if [ "$status" -ne 0 ] && [ "$status" -ne 77 ]; then
  started=$(started_at{% if let Some(namespace) = namespace %} {{ namespace }} app.kubernetes.io/name={{ service }}{% else %} {{ container }}{% endif %})
  left=$(load_left "$started" {{ seconds }})
  [ "$left" -eq 0 ] || loading {{ service }} "is still loading, for $left s at most"
fi
exit "$status"
