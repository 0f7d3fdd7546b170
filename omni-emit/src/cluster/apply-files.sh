{% for file in files %}k3s kubectl apply -f "$bundle"/{{ file }}
{% endfor %}
