if command -v k3s >/dev/null && grep -qs {{ ours }} {{ config }}; then
{% include "k3s/encryption-kept.sh" %}
fi
