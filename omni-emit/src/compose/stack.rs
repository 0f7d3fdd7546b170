//! The Compose files of a host.

use docker_compose_types as compose;
use indexmap::IndexSet;
use omni_model::{
    Facts,
    deployment::Stack,
    names::{HostName, StackName},
    scenario::Placed,
};

use super::service;
use crate::{artifact::Artifact, container, header::Header, provision::Provider, secrets, yaml};

/// A Compose file.
pub(super) struct File<'a> {
    stack: &'a StackName,
    /// The services that it runs itself.
    services: Vec<Placed<'a>>,
    /// The files that it includes.
    includes: Vec<&'a StackName>,
}

/// A file for each stack that runs something on a host, directly or by what it includes.
pub(super) fn files<'a>(facts: &Facts<'a>, host: &HostName) -> Vec<File<'a>> {
    let services = container::on_compose(facts, host);
    let services: Vec<_> = services.into_iter().filter_map(|(name, _)| facts.placed(name).copied()).collect();
    let stacks = &facts.deployment().stacks;
    let mut needed: IndexSet<_> = services.iter().map(|placed| &placed.service.stack).collect();
    loop {
        let before = needed.len();
        for (name, stack) in stacks {
            if stack.includes.iter().any(|included| needed.contains(included)) {
                needed.insert(name);
            }
        }
        if needed.len() == before {
            break;
        }
    }
    let file = |(name, stack): (&'a StackName, &'a Stack)| File {
        stack: name,
        services: services.iter().filter(|placed| placed.service.stack == *name).copied().collect(),
        includes: stack.includes.iter().filter(|included| needed.contains(included)).collect(),
    };
    stacks.iter().filter(|(name, _)| needed.contains(name)).map(file).collect()
}

/// The names of the files that no other file includes. Together they start everything.
pub(super) fn roots(files: &[File<'_>]) -> Vec<String> {
    let is_root = |file: &&File<'_>| !files.iter().any(|other| other.includes.contains(&file.stack));
    files.iter().filter(is_root).map(|file| file_name(file.stack)).collect()
}

fn file_name(stack: &StackName) -> String {
    format!("{stack}-stack.yaml")
}

impl<'a> File<'a> {
    /// The file in a folder.
    pub(super) fn artifact(&self, facts: &Facts<'a>, providers: &[Provider], folder: &str) -> Artifact {
        let header = Header::of(facts.deployment());
        Artifact::new(
            format!("{folder}/{}", file_name(self.stack)),
            // The types write `null` for some unset fields, which Compose's schema rejects.
            yaml::to_yaml_without_nulls(&header, &self.compose(facts, providers)),
        )
    }

    fn compose(&self, facts: &Facts<'a>, providers: &[Provider]) -> compose::Compose {
        let includes: Vec<_> = self.includes.iter().map(|stack| file_name(stack)).collect();
        let services = self.services.iter();
        let services = services
            .map(|placed| (placed.name.to_string(), Some(service::service(facts, providers, placed))));
        let bridged = self.services.iter().any(|placed| !placed.service.host_network);
        let secrets = self.services.iter().flat_map(|placed| secrets::files(facts, placed.name));
        let secrets: indexmap::IndexMap<_, _> = secrets
            .map(|name| (name.to_string(), Some(compose::ComposeSecret::Environment(name.to_string()))))
            .collect();
        compose::Compose {
            name: Some(facts.deployment().name.to_string()),
            includes: (!includes.is_empty()).then_some(compose::Includes::Short(includes)),
            services: compose::Services(services.collect()),
            networks: if bridged { network(facts) } else { compose::ComposeNetworks::default() },
            secrets: (!secrets.is_empty()).then_some(compose::ComposeSecrets(secrets)),
            ..Default::default()
        }
    }
}

/// The network. Each file that uses it declares it in the same way, so that Compose treats it as one network.
fn network(facts: &Facts<'_>) -> compose::ComposeNetworks {
    let network = &facts.deployment().network;
    let option = |name: &str, value: &str| {
        (format!("com.docker.network.bridge.{name}"), Some(compose::SingleValue::String(value.to_owned())))
    };
    let bridge = network.bridge.to_string();
    let settings = compose::NetworkSettings {
        name: Some(bridge.clone()),
        driver: Some("bridge".to_owned()),
        // Containers reach each other only if a rule of the firewall allows it.
        driver_opts: [option("name", &bridge), option("enable_icc", "false")].into(),
        ipam: Some(compose::Ipam {
            driver: None,
            config: vec![compose::IpamConfig {
                subnet: network.subnet.to_string(),
                gateway: Some(facts.gateway().to_string()),
            }],
        }),
        ..Default::default()
    };
    compose::ComposeNetworks([(bridge, compose::MapOrEmpty::Map(settings))].into())
}
