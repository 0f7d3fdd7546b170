//! Docker Engine: what its releases do differently with packets that are forwarded.
//!
//! What holds of all of them: FORWARD sends every packet through DOCKER-USER first, a published port is a DNAT rule in the table
//! `nat`, a bridge with `enable_icc=false` drops what its containers send each other, and the proxy answers containers of the same
//! network (`libnetwork/firewall_linux.go` and `libnetwork/drivers/bridge` in <https://github.com/moby/moby>, at v20.10.24, v26.1.5,
//! v28.5.2 and docker-v29.7.2).
//!
//! Since 27 this is so for IPv6 as well; before, Docker left ip6tables alone unless told otherwise (`--ip6tables` in
//! `cmd/dockerd/config_unix.go`).
//!
//! The chains behind DOCKER-USER differ, which the prover need not know: before 28 Docker's rules stand in FORWARD itself; since
//! 28.0.1 FORWARD jumps to DOCKER-FORWARD, which jumps to DOCKER-CT, DOCKER-ISOLATION-STAGE-1 and DOCKER-BRIDGE
//! (`iptabler.go`, `setupIPChains`); 29 has DOCKER-INTERNAL in the place of the isolation chains. The `nftables` backend, an
//! option since 29, has no DOCKER-USER at all (`setupUserChains`).

use std::ops::RangeInclusive;

/// The first release that guards its containers, in the table `raw`, before any rule of FORWARD. Chain PREROUTING drops
///
/// - what arrives for a container's own address by another interface than its bridge (`filterDirectAccess` in
///   `libnetwork/drivers/bridge/internal/iptabler/endpoint.go`; until 28.1 for its published ports alone, see
///   `dropLegacyFilterDirectAccess` in `port.go`), and
/// - what arrives by another interface than `lo` for a port that is published on loopback (`filterPortMappedOnLoopback` in
///   `port.go`). Before, a machine of the same LAN reached such a port: <https://github.com/moby/moby/issues/45610>.
///
/// <https://docs.docker.com/engine/release-notes/28/>. An engine does neither with `allow-direct-routing` (the first rule only)
/// or with `DOCKER_INSECURE_NO_IPTABLES_RAW=1` in its environment.
pub const GUARDS_CONTAINERS: u16 = 28;

/// The releases whose rules have been read.
pub const KNOWN: RangeInclusive<u16> = 20..=29;
