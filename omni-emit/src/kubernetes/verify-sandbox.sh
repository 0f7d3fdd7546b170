# sandboxed NAMESPACE DEPLOYMENT SERVICE: checks that its pod runs in gVisor. A kernel's name can be faked, so the class is checked as well.
sandboxed() {
  local class kernel
  class=$(k3s kubectl --namespace "$1" get pods --selector "app.kubernetes.io/name=$3" --output 'jsonpath={.items[0].spec.runtimeClassName}')
  [ "$class" = {{ class }} ] || fail "$2 has the runtime class ${class:-(none)}"
  kernel=$(k3s kubectl --namespace "$1" exec "deployment/$2" -- cat /proc/version) || fail "cannot read /proc/version in $2"
  echo "$2: $kernel"
  # Releases before 2026 do not name gVisor here, but have this date.
  case $kernel in
    *gvisor* | *"Sun Jan 10 15:06:54 PST 2016"*) ;;
    *) fail "$2 does not run on gVisor's kernel" ;;
  esac
}
{%- for pod in pods %}
sandboxed {{ pod.namespace }} {{ pod.deployment }} {{ pod.service }}
{%- endfor %}
