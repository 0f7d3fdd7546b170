//! Docker Engine: how its releases treat forwarded packets.
//!
//! In every release: FORWARD sends every packet through DOCKER-USER first, a published port is a DNAT rule in the table
//! `nat`, a bridge with `enable_icc=false` drops packets between its containers, and the proxy answers containers of the same
//! network (`libnetwork/firewall_linux.go` and `libnetwork/drivers/bridge` in <https://github.com/moby/moby>, at v20.10.24, v26.1.5,
//! v28.5.2 and docker-v29.7.2).
//!
//! Since 27, this applies to IPv6 as well. Before, Docker did not change ip6tables by default (`--ip6tables` in
//! `cmd/dockerd/config_unix.go`).
//!
//! The chains after DOCKER-USER differ, but the prover does not depend on them. Before 28, Docker's rules are in FORWARD itself. Since
//! 28.0.1, FORWARD jumps to DOCKER-FORWARD, which jumps to DOCKER-CT, DOCKER-ISOLATION-STAGE-1 and DOCKER-BRIDGE
//! (`iptabler.go`, `setupIPChains`). 29 has DOCKER-INTERNAL instead of the isolation chains. The `nftables` backend, an
//! option since 29, has no DOCKER-USER (`setupUserChains`).

use std::ops::RangeInclusive;

/// The first release that protects its containers in the table `raw`, before any rule of FORWARD. Chain PREROUTING drops
///
/// - packets to a container's own address that arrive on another interface than its bridge (`filterDirectAccess` in
///   `libnetwork/drivers/bridge/internal/iptabler/endpoint.go`; until 28.1 only for its published ports, see
///   `dropLegacyFilterDirectAccess` in `port.go`), and
/// - packets to a port that is published on loopback and that arrive on another interface than `lo` (`filterPortMappedOnLoopback` in
///   `port.go`). Before, a machine in the same LAN could reach such a port: <https://github.com/moby/moby/issues/45610>.
///
/// <https://docs.docker.com/engine/release-notes/28/>. `allow-direct-routing` turns the first rule off, and
/// `DOCKER_INSECURE_NO_IPTABLES_RAW=1` in the environment of the engine turns both off.
pub const GUARDS_CONTAINERS: u16 = 28;

/// The releases whose firewall rules Omni knows.
pub const KNOWN: RangeInclusive<u16> = 20..=29;
