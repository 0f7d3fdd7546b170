# sandboxed NAMESPACE DEPLOYMENT SERVICE: whether its pod runs under gVisor. A kernel's name can be faked, so the class is asked as well.
sandboxed() {
  local class kernel
  class=$(k3s kubectl --namespace "$1" get pods --selector "app.kubernetes.io/name=$3" --output 'jsonpath={.items[0].spec.runtimeClassName}')
  [ "$class" = {{ class }} ] || fail "$2 has the runtime class ${class:-of containerd}"
  kernel=$(k3s kubectl --namespace "$1" exec "deployment/$2" -- cat /proc/version) || fail "$2 does not show /proc/version"
  echo "$2: $kernel"
  # Releases before 2026 name no gVisor there, but have this date.
  case $kernel in
    *gvisor* | *"Sun Jan 10 15:06:54 PST 2016"*) ;;
    *) fail "$2 does not see the kernel of gVisor" ;;
  esac
}
{%- for pod in pods %}
sandboxed {{ pod.namespace }} {{ pod.deployment }} {{ pod.service }}
{%- endfor %}
