//! The firewall as it is emitted, with ufw itself, in a network and with a configuration of its own.

use crate::stage::{Stage, is_root};

/// Deploys and undoes it on a machine with a rule of the operator's.
const UNDONE: &str = r#"
set -euo pipefail
for folder in /etc/ufw /etc/default; do
  mkdir -p "$machine$folder"
  cp -a "$folder/." "$machine$folder"
  mount --bind "$machine$folder" "$folder"
done
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

#[test]
fn ufw_finds_each_rule_that_is_undone() {
    assert!(is_root(), "ufw asks for root: run this tier as root");
    let stage = Stage::new("firewall", |_| Vec::new());
    stage.program("undone", UNDONE);
    for ipv6 in ["yes", "no"] {
        let run = stage.bash(&format!("unshare --net undone {ipv6}"));
        assert!(run.status == 0 && !run.said.contains("Could not"), "IPv6 {ipv6}: {}", run.said);
    }
}
