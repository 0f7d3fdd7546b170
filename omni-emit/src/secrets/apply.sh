{{ filled_in|safe }}
chown root:root "$file"
chmod 600 "$file"
