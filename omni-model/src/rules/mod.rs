//! The rules that check every deployment. [`FAMILIES`] is the one list of them.

mod rule;
#[cfg(test)]
mod tests;

pub(crate) use rule::{Accepted, Definition, at};
pub use rule::{Context, Deprecation, Family, Removed, Rule, Scope};

/// Turns each line into a module (`budget/ram_over_ceiling.rs`), its page (`budget/ram_over_ceiling.md`), the rule (`B001`,
/// named `ram-over-ceiling`), and its entry in [`FAMILIES`].
macro_rules! rules {
    (
        $($title:literal $family:ident {
            $($id:ident $name:ident since $since:literal $(deprecated $when:literal $instead:literal)?,)*
        })*
        removed {
            $($old:ident $(named $old_name:literal)? in $release:literal $why:literal,)*
        }
    ) => {
        $(mod $family { $(pub(super) mod $name;)* })*

        $($(
            #[doc = concat!("`", stringify!($name), "`")]
            pub static $id: Rule = Rule {
                id: stringify!($id),
                name: {
                    const KEBAB: [u8; stringify!($name).len()] = rule::kebab(stringify!($name));
                    match str::from_utf8(&KEBAB) {
                        Ok(name) => name,
                        Err(_) => panic!("a name of a module is UTF-8"),
                    }
                },
                since: $since,
                deprecated: [$(Deprecation { since: $when, instead: $instead })?].as_slice().first(),
                severity: $family::$name::RULE.severity,
                summary: $family::$name::RULE.summary,
                docs: include_str!(concat!(stringify!($family), "/", stringify!($name), ".md")),
                scope: $family::$name::RULE.scope,
            };
        )*)*

        /// Every rule by family: the families in the order of the rule book, the rules in the order of their ids.
        pub static FAMILIES: &[Family] = &[
            $(Family { name: stringify!($family), title: $title, rules: &[$(&$id),*] },)*
        ];

        /// The ids of removed rules, and of rules that were never added. No rule gets one of them again.
        pub static REMOVED: &[Removed] = &[
            $(Removed {
                id: stringify!($old),
                name: [$($old_name)?].as_slice().first().copied(),
                release: $release,
                why: $why,
            },)*
        ];
    };
}

rules! {
    "The document" document {
        D001 syntax since "0.1.0",
        D002 unknown_key since "0.1.0",
        D003 missing_key since "0.1.0",
        D004 duplicate_key since "0.1.0",
        D005 wrong_value since "0.1.0",
    }

    "References" references {
        R001 unresolved_reference since "0.1.0",
        R002 ambiguous_name since "0.1.0",
        R003 shared_namespace since "0.1.0",
    }

    "Budgets" budget {
        B001 ram_over_ceiling since "0.1.0",
        B002 vram_over_budget since "0.1.0",
        B003 limit_below_memory since "0.1.0",
        B004 limits_over_ram since "0.1.0",
        B005 reserve_over_budget since "0.1.0",
        B006 disk_over_capacity since "0.1.0",
        B007 too_many_standbys since "0.1.0",
        B008 standby_replaces_nothing since "0.1.0",
        B009 pods_over_allocatable since "0.1.0",
        B010 gpu_memory_differs since "0.1.0",
        B011 model_of_unknown_size since "0.1.0",
        B012 processors_over_budget since "0.1.0",
        B013 numa_node_over_budget since "0.1.0",
        B014 root_disk_of_unknown_size since "0.1.0",
        B015 root_disk_over_capacity since "0.1.0",
        B016 eviction_before_alert since "0.1.0",
    }

    "The kernel and the host" kernel {
        K001 critical_parameter_missing since "0.1.0",
        K002 swap_missing since "0.1.0",
        K003 kernel_parameter_unknown since "0.1.0",
        K004 kernel_parameter_hazard since "0.1.0",
        K005 volume_not_writable since "0.1.0",
        K006 swap_out_of_reach since "0.1.0",
        K007 gpu_needs_parameter since "0.1.0",
        K009 kernel_parameter_set_and_dropped since "0.1.0",
    }

    "The network" network {
        N001 port_taken since "0.1.0",
        N002 addresses_overlap since "0.1.0",
        N003 subnet_too_small since "0.1.0",
        N004 host_network_maps_port since "0.1.0",
        N005 docker_release_unknown since "0.1.0",
    }

    "The firewalls: who can reach whom" firewall {
        F001 flow_blocked since "0.1.0",
        F002 reachable_but_undeclared since "0.1.0",
        F003 opening_too_wide since "0.1.0",
        F004 line_serves_nothing since "0.1.0",
        F005 dashboard_unreachable since "0.1.0",
        F006 endpoint_without_flow since "0.1.0",
        F007 policy_selects_nothing since "0.1.0",
        F008 ssh_closed since "0.1.0",
        F009 host_network_unfenced since "0.1.0",
        F010 ipv6_past_policies since "0.1.0",
        F011 reachable_within_zone since "0.1.0",
        F016 container_address_out_of_reach since "0.1.0",
    }

    "Workloads: how services run" workloads {
        W001 kubernetes_without_cluster since "0.1.0",
        W002 kubernetes_cannot_choose_gpu since "0.1.0",
        W003 kubernetes_on_another_host since "0.1.0",
        W004 restart_policy_refused since "0.1.0",
        W005 startup_too_short since "0.1.0",
        W006 liveness_delay_after_startup since "0.1.0",
        W007 numa_refused since "0.1.0",
        W008 numa_on_one_node since "0.1.0",
        W009 pod_security_violated since "0.1.0",
        W010 health_unknown since "0.1.0",
        W011 health_endpoint_unknown since "0.1.0",
        W012 probe_without_health since "0.1.0",
        W013 endpoint_of_standby since "0.1.0",
        W014 gpu_in_sandbox since "0.1.0",
        W015 device_plugin_missing since "0.1.0",
        W016 variable_hazard since "0.1.0",
        W017 stack_includes_itself since "0.1.0",
        W018 probe_timeout_too_short since "0.1.0",
        W019 k3s_component since "0.1.0",
        W020 sandbox_on_host_network since "0.1.0",
        W021 capability_missing since "0.1.0",
        W022 loopback_in_container since "0.1.0",
        W023 pod_security_looser_than_needed since "0.1.0",
        W024 served_model_differs since "0.1.0",
        W026 down_after_a_reboot since "0.1.0",
        W027 backup_on_the_same_disk since "0.1.0",
        W028 backup_of_nothing since "0.1.0",
        W029 name_taken since "0.1.0",
        W030 container_name_refused since "0.1.0",
        W031 ktransformers_incomplete since "0.1.0",
        W032 tensor_parallel_mismatch since "0.1.0",
        W033 host_not_mounted since "0.1.0",
    }

    "Monitoring" monitoring {
        M001 promql_unreadable since "0.1.0",
        M002 exporter_unknown since "0.1.0",
        M003 metric_not_exported since "0.1.0",
        M004 restarts_never_seen since "0.1.0",
        M005 label_of_nothing since "0.1.0",
        M006 threshold_in_steady_state since "0.1.0",
        M008 nobody_is_told since "0.1.0",
        M009 metrics_elsewhere since "0.1.0",
        M010 alert_about_nothing since "0.1.0",
        M011 action_names_nothing since "0.1.0",
        M012 target_out_of_reach since "0.1.0",
        M013 standby_watched since "0.1.0",
        M014 promql_without_cases since "0.1.0",
        M015 alert_while_loading since "0.1.0",
        M016 exporter_without_kubernetes since "0.1.0",
        M017 death_unnoticed since "0.1.0",
        M018 receiver_incomplete since "0.1.0",
        M019 receiver_out_of_reach since "0.1.0",
    }

    "The supply chain, and secrets" supply {
        S001 image_unpinned since "0.1.0",
        S002 revision_unpinned since "0.1.0",
        S003 misleading_name since "0.1.0",
        S004 kubeconfig_shared since "0.1.0",
        S005 secret_in_plain_sight since "0.1.0",
        S006 default_password since "0.1.0",
        S007 product_retired since "0.1.0",
        S008 model_of_another_name since "0.1.0",
        S010 checksum_unknown since "0.1.0",
    }

    "Operations" operations {
        O001 protection_unwatched since "0.1.0",
    }

    "Acceptances" acceptance {
        A001 acceptance_of_nothing since "0.1.0",
        A002 acceptance_expired since "0.1.0",
        A003 acceptance_without_reason since "0.1.0",
    }

    removed {
        K008 in "0.1.0" "The number was never released.",
        F012 in "0.1.0" "The number was never released.",
        F013 in "0.1.0" "The number was never released.",
        F014 in "0.1.0" "The number was never released.",
        F015 in "0.1.0" "The number was never released.",
        W025 in "0.1.0" "The number was never released.",
        M007 in "0.1.0" "The number was never released.",
        S009 in "0.1.0" "The number was never released.",
    }
}

/// Returns every rule.
pub fn all() -> impl Iterator<Item = &'static Rule> {
    FAMILIES.iter().flat_map(|family| family.rules).copied()
}

/// Returns the rules that apply while a document is read.
pub fn reading() -> impl Iterator<Item = &'static Rule> {
    all().filter(|rule| matches!(rule.scope, Scope::Document))
}

/// Returns the rules that check a deployment.
pub fn judging() -> impl Iterator<Item = &'static Rule> {
    all().filter(|rule| !matches!(rule.scope, Scope::Document))
}

/// Returns the rule with this id or name. Case is ignored.
pub fn find(text: &str) -> Option<&'static Rule> {
    all().find(|rule| rule.is_called(text))
}

/// Returns the removed rule with this id or name. Case is ignored.
pub fn removed(text: &str) -> Option<&'static Removed> {
    REMOVED.iter().find(|removed| removed.is_called(text))
}
