timeout 5 bash -c {{ "exec 3<>/dev/tcp/{}/{}"|format(host, port) }}
