compose --profile '*' rm --stop --force {{ service }}
