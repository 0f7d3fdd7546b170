# opens CHAIN [END]: prints the rules in $filter, the output of `iptables -S`, that accept new connections: rules of the chain up to its jump to
# END, and of the chains that it jumps to. ICMP opens no connection. Other tables of nftables do not matter: a packet must pass all of them.
{%- if kube %}
# k3s' policy controller marks the packets that its NetworkPolicies allow; those are checked elsewhere. kube-proxy accepts answers and packets that
# it has marked for a service.
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
    # A comment may contain any text.
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
      # ufw's own before.rules contain these: answers of DHCP, and mDNS and UPnP by multicast.
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
