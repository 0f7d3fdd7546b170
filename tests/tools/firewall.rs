//! The firewall as it is emitted, with ufw itself, in a network and with a configuration of its own.

use crate::stage::{Stage, is_root};

/// A machine's firewall: its files are copies, and the network is a namespace in which there is Docker's bridge.
const MACHINE: &str = r#"
set -euo pipefail
for folder in /etc/ufw /etc/default; do
  mkdir -p "$machine$folder"
  cp -a "$folder/." "$machine$folder"
  mount --bind "$machine$folder" "$folder"
done
mount -t tmpfs tmpfs /run
mount -t sysfs sysfs /sys
ip link set lo up
ip link add omni0 type bridge
"#;

/// Deploys and undoes it on a machine with a rule of the operator's.
const UNDONE: &str = r#"
sed -i "s/^IPV6=.*/IPV6=$1/" /etc/default/ufw
ufw allow 8443/tcp
files() { sha256sum /etc/default/ufw /etc/ufw/*.rules; }
before=$(files)
export state=/var/lib/omni/protocol-omni/steps/firewall
mkdir -p "$state"
source <(sed -n '/^remember_firewall() {/,/^}/p' out/compose/deploy.sh)
remember_firewall
out/compose/firewall/ufw.sh
ufw show added | grep omni:
out/compose/rollback.sh
diff <(echo "$before") <(files)
"#;

/// What `verify.sh` says of the firewall as it is emitted, and then of each change: `passes WHAT`, and
/// `fails CHECK LINE DO UNDO`, where LINE is in what the check says.
const JUDGED: &str = r#"
option=$1
# The module need not be loaded.
cat() { case ${1-} in /proc/sys/net/bridge/*) echo 1 ;; *) command cat "$@" ;; esac; }
export -f cat
wrong=0
say_wrong() { printf '%s\n' "WRONG: $*"; command cat "$machine/said"; wrong=1; }
verify() { "out/$option/verify/verify.sh" --json --step firewall >"$machine/said" 2>&1 || true; }
passes() {
  verify
  ! grep -q 'FAIL\|SKIP' "$machine/said" || say_wrong "$1"
}
fails() {
  eval "$3" >/dev/null
  verify
  grep -E '"check": ?"'"$1"'"' "$machine/said" | grep -F FAIL | grep -F -e "$2" >/dev/null || say_wrong "$3"
  eval "$4" >/dev/null
}
firewall=out/$option/firewall/ufw.sh
"$firewall"
iptables -I FORWARD -j DOCKER-USER
passes 'as it is emitted'
"$firewall"
passes 'a second time'

fails docker-user '-A FORWARD -i wg0 -j ACCEPT' 'iptables -I FORWARD -i wg0 -j ACCEPT' 'iptables -D FORWARD 1'
fails docker-user '-A FORWARD -i wg0 -m comment' \
  'iptables -I FORWARD -i wg0 -m comment --comment "x -j DROP \" -i lo " -j ACCEPT' 'iptables -D FORWARD 1'
fails docker-user '-A ts-forward -o tailscale0 -j ACCEPT' \
  'iptables -N ts-forward; iptables -A ts-forward -o tailscale0 -j ACCEPT; iptables -I FORWARD -j ts-forward' \
  'iptables -D FORWARD 1'
fails docker-user 'does not jump to DOCKER-USER' 'iptables -D FORWARD -j DOCKER-USER' 'iptables -I FORWARD -j DOCKER-USER'
fails ufw-rules 'ufw allow 9100/tcp' 'ufw allow 9100/tcp' 'ufw delete allow 9100/tcp'
fails ufw-rules 'ufw allow in on wg0' 'ufw allow in on wg0' 'ufw delete allow in on wg0'
fails ufw-rules 'allow (incoming)' 'ufw default allow incoming' 'ufw default deny incoming'
fails ufw-rules 'deny (outgoing)' 'ufw default deny outgoing' 'ufw default allow outgoing'
fails ufw-rules '-A INPUT -p tcp -m tcp --dport 9100 -j ACCEPT' \
  'iptables -I INPUT -p tcp --dport 9100 -j ACCEPT' 'iptables -D INPUT 1'
fails ufw-rules '-A INPUT -s 10.9.0.0/24 -j ACCEPT' \
  'iptables -A INPUT -s 10.9.0.0/24 -j ACCEPT' 'iptables -D INPUT -s 10.9.0.0/24 -j ACCEPT'
fails ufw-rules '-A ts-input -i tailscale0 -j ACCEPT' \
  'iptables -N ts-input; iptables -A ts-input -i tailscale0 -j ACCEPT; iptables -I INPUT -j ts-input' \
  'iptables -D INPUT 1'
fails ufw-rules '--dport 51820 -j ACCEPT' \
  'iptables -A ufw-before-input -p udp --dport 51820 -j ACCEPT' \
  'iptables -D ufw-before-input -p udp --dport 51820 -j ACCEPT'
fails ufw-rules 'the policy of INPUT is not DROP' 'iptables -P INPUT ACCEPT' 'iptables -P INPUT DROP'
fails ipv6-denied '-A INPUT -p tcp -m tcp --dport 22 -j ACCEPT' \
  'ip6tables -I INPUT -p tcp --dport 22 -j ACCEPT' 'ip6tables -D INPUT 1'
fails ipv6-denied '-P INPUT DROP' 'ip6tables -P INPUT ACCEPT' 'ip6tables -P INPUT DROP'
fails ipv6-denied '-A ufw6-before-input -j DROP' \
  'ip6tables -D ufw6-before-input -j DROP' 'ip6tables -F ufw6-before-input'
"$firewall"
passes 'mended by a second run'

# What others have that contradicts nothing: rules of the operator's, fail2ban, Docker 26 and 28.
ufw deny from 203.0.113.9
ufw limit 3000/tcp
ufw allow from 192.168.3.77 to any port 22 proto tcp
ufw route allow in on wg0 out on eno1
iptables -I FORWARD -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT
iptables -N f2b-sshd
iptables -A f2b-sshd -s 203.0.113.7 -j REJECT
iptables -I INPUT -p tcp --dport 22 -j f2b-sshd
for chain in DOCKER DOCKER-ISOLATION-STAGE-1 DOCKER-FORWARD DOCKER-CT DOCKER-BRIDGE; do iptables -N "$chain"; done
iptables -A FORWARD -j DOCKER-ISOLATION-STAGE-1
iptables -A FORWARD -o docker0 -j DOCKER
iptables -A FORWARD -i docker0 ! -o docker0 -j ACCEPT
iptables -A DOCKER-FORWARD -j DOCKER-CT
iptables -A DOCKER-FORWARD -j DOCKER-BRIDGE
iptables -A DOCKER-FORWARD -i docker0 -j ACCEPT
iptables -A FORWARD -j DOCKER-FORWARD
passes 'what others have'

if [ "$option" = k3s ]; then
  for tables in iptables ip6tables; do
    for chain in FIREWALL FORWARD NODEPORTS PROXY-FIREWALL EXTERNAL-SERVICES SERVICES ROUTER-INPUT ROUTER-FORWARD; do
      "$tables" -N "KUBE-$chain"
    done
    "$tables" -A KUBE-FORWARD -m mark --mark 0x4000/0x4000 -j ACCEPT
    "$tables" -A KUBE-FORWARD -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT
    for chain in FORWARD PROXY-FIREWALL SERVICES EXTERNAL-SERVICES; do
      "$tables" -I FORWARD -m conntrack --ctstate NEW -m comment --comment 'kubernetes service portals' -j "KUBE-$chain"
    done
    for chain in PROXY-FIREWALL NODEPORTS EXTERNAL-SERVICES; do
      "$tables" -I INPUT -m comment --comment 'kubernetes health check service ports' -j "KUBE-$chain"
    done
    "$tables" -I INPUT -j KUBE-FIREWALL
  done
  iptables -A KUBE-ROUTER-FORWARD -d 10.42.0.0/16 -j ACCEPT
  iptables -I FORWARD -m mark --mark 0x20000/0x20000 -j ACCEPT
  iptables -I INPUT -m mark --mark 0x20000/0x20000 -j ACCEPT
  iptables -I FORWARD -j KUBE-ROUTER-FORWARD
  iptables -I INPUT -j KUBE-ROUTER-INPUT
  passes 'the chains of k3s'
  # flannel's own is appended by it. In front, it lets pods past DOCKER-USER.
  fails docker-user '-A FLANNEL-FWD -s 10.42.0.0/16 -j ACCEPT' \
    'iptables -N FLANNEL-FWD; iptables -A FLANNEL-FWD -s 10.42.0.0/16 -j ACCEPT; iptables -I FORWARD -j FLANNEL-FWD' \
    'iptables -D FORWARD 1'
fi
exit "$wrong"
"#;

/// Packets by IPv6 between the machine and somebody in its LAN, before and after the firewall is deployed.
const SESSION: &str = r#"
unshare --net sleep infinity &
other=$!
trap 'kill "$other"' EXIT
lan() { nsenter --net="/proc/$other/ns/net" "$@"; }
until [ "$(readlink "/proc/$other/ns/net")" != "$(readlink /proc/self/ns/net)" ]; do :; done
ip link add eno1 type veth peer name eth0 netns "/proc/$other/ns/net"
ip -6 addr add fd00::10/64 dev eno1 nodad
ip link set eno1 up
lan ip link set lo up
lan ip -6 addr add fd00::1/64 dev eth0 nodad
lan ip link set eth0 up
ip -6 route add default via fd00::1

cat >"$machine/server.py" <<'END'
import socket, sys
server = socket.socket(socket.AF_INET6)
server.bind(("::", 22))
server.listen()
open(sys.argv[1], "w").close()
connection, _ = server.accept()
while data := connection.recv(100):
    connection.sendall(data)
END
cat >"$machine/session.py" <<'END'
import socket, sys
session = socket.create_connection(("fd00::10", 22))
session.settimeout(20)
for _ in sys.stdin:
    session.sendall(b"a")
    print("answered" if session.recv(9) == b"a" else "lost", flush=True)
END
cat >"$machine/knock.py" <<'END'
import socket, sys, time
start = time.monotonic()
try:
    socket.create_connection((sys.argv[1], int(sys.argv[2])), timeout=2)
    print("connected")
except TimeoutError:
    print("waits in vain")
except OSError as error:
    print("refused", "at once" if time.monotonic() - start < 0.9 else "late")
END
rm -f "$machine/ready"
python3 "$machine/server.py" "$machine/ready" &
until [ -e "$machine/ready" ]; do :; done
coproc session { lan python3 "$machine/session.py"; }
answered() {
  echo >&"${session[1]}"
  read -r answer <&"${session[0]}"
  [ "$answer" = answered ]
}
is() { [ "$2" = "$3" ] || { echo "$1: $2, not $3"; exit 1; }; }
# Nothing tracks IPv6 before there is a rule that asks for it.
answered
sed -i "s/^IPV6=.*/IPV6=$1/" /etc/default/ufw
out/compose/firewall/ufw.sh | tee "$machine/said"
grep -q 'SSH sessions over IPv6 continue.*192.168.3.10.*fd00::1' "$machine/said"
for run in deployed reloaded; do
  answered
  is 'a new session' "$(lan python3 "$machine/knock.py" fd00::10 22)" 'waits in vain'
  is 'the host itself' "$(python3 "$machine/knock.py" fd00::1 443)" 'refused at once'
  is 'the host to itself' "$(python3 "$machine/knock.py" ::1 443)" 'refused at once'
  [ "$run" = reloaded ] || ufw reload
done
"#;

fn stage(name: &str, script: &str) -> Stage {
    assert!(is_root(), "ufw asks for root: run this tier as root");
    let stage = Stage::new(name, |_| Vec::new());
    stage.program("scene", &format!("{MACHINE}{script}"));
    stage
}

#[test]
fn ufw_finds_each_rule_that_is_undone() {
    let stage = stage("firewall", UNDONE);
    for ipv6 in ["yes", "no"] {
        let run = stage.bash(&format!("unshare --net scene {ipv6}"));
        assert!(run.status == 0 && !run.said.contains("Could not"), "IPv6 {ipv6}: {}", run.said);
    }
}

#[test]
fn what_opens_more_than_is_declared_fails_and_is_named() {
    for option in ["compose", "k3s"] {
        let stage = stage(&format!("judged-{option}"), JUDGED);
        let run = stage.bash(&format!("unshare --net scene {option}"));
        assert_eq!(run.status, 0, "{option}: {}", run.said);
    }
}

#[test]
fn a_session_by_ipv6_goes_on_and_nothing_else_does() {
    let stage = stage("session", SESSION);
    for ipv6 in ["yes", "no"] {
        let run = stage.bash(&format!("unshare --net --pid --fork --kill-child --mount-proc scene {ipv6}"));
        assert_eq!(run.status, 0, "IPv6 {ipv6}: {}", run.said);
    }
}
