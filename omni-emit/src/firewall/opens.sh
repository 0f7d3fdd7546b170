# opens CHAIN [END]: the rules of $filter, which is what `iptables -S` prints, that let a new connection through: those of a chain up to its
# jump to END, and those of the chains that it leads to. ICMP opens no connection. What other tables of nftables accept does not
# count: a packet has to pass every one of them.
{%- if kube %}
# k3s' policy controller is judged by its NetworkPolicies, and marks what they let through; kube-proxy accepts answers and what it has
# marked for a service.
# https://github.com/cloudnativelabs/kube-router/blob/master/pkg/controllers/netpol/network_policy_controller.go
# https://github.com/kubernetes/kubernetes/blob/master/pkg/proxy/iptables/proxier.go
known=(ufw-user-input KUBE-ROUTER-INPUT KUBE-ROUTER-FORWARD KUBE-FORWARD)
marked=' --mark 0x20000/0x20000 '
{%- else %}
known=(ufw-user-input)
marked=$'\n'
{%- endif %}
opens() {
  local line bare target
  [[ " ${looked-} " != *" $1 "* ]] || return 0
  looked="${looked-} $1"
  while IFS= read -r line; do
    [[ $line = "-A $1 "* ]] || continue
    # A comment may say anything.
    bare=$line
    while [[ $bare =~ ^([^\"]*)\"([^\"\\]|\\.)*\"(.*)$ ]]; do
      bare=${BASH_REMATCH[1]}${BASH_REMATCH[3]}
    done
    [[ $bare =~ \ -[jg]\ ([^ ]+) ]] || continue
    target=${BASH_REMATCH[1]}
    [ "$target" != "${2-}" ] || return 0
    case $target in
    ACCEPT | NFQUEUE)
      case $bare in
      *' ! '*) echo "$line" ;;
      *' -i lo '* | *' -p icmp '* | *"$marked"*) ;;
      *' --ctstate RELATED,ESTABLISHED '* | *' --ctstate ESTABLISHED '* | *' --state RELATED,ESTABLISHED '*) ;;
      # So ufw's own before.rules have it: DHCP's answers, and mDNS and UPnP by multicast.
      *' --sport 67 --dport 68 '* | *' -d 224.0.0.251/32 '*' --dport 5353 '* | *' -d 239.255.255.250/32 '*' --dport 1900 '*) ;;
      *) echo "$line" ;;
      esac
      ;;
    *)
      if [[ " ${known[*]} " != *" $target "* ]]; then
        opens "$target"
      fi
      ;;
    esac
  done <<<"$filter"
}
