compose up --detach --no-deps --scale {{ service }}=1 {{ service }}
