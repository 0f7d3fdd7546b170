# The image may lack curl: any program that speaks HTTP will do.
# shellcheck disable=SC2016 # The shell in the container expands this.
ask='if command -v curl >/dev/null; then exec curl -fsS -m 5 -o /dev/null "$1"
elif command -v wget >/dev/null; then exec wget -q -T 5 -O /dev/null "$1"
elif command -v python3 >/dev/null; then exec python3 -c "import sys, urllib.request; urllib.request.urlopen(sys.argv[1], timeout=5)" "$1"
else exit 77; fi'
set +e
{%- match namespace -%}
{%- when Some with (namespace) %}
seen=$(k3s kubectl --namespace {{ namespace }} exec deployment/{{ from }} -- sh -c "$ask" - {{ url }} 2>&1)
{%- when None %}
seen=$(docker exec {{ from }} sh -c "$ask" - {{ url }} 2>&1)
{%- endmatch %}
status=$?
set -e
case $status in
  0) ;;
  77) skip "the image has neither curl nor wget nor python3" ;;
  126 | 127) skip "the image has no shell" ;;
  *) fail "$seen" ;;
esac
