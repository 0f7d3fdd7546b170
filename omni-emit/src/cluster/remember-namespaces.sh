k3s kubectl get namespaces --ignore-not-found --output name{% for (name, _) in namespaces %} {{ name }}{% endfor %} >"$state/earlier"
