//! The Compose files of a host.

use docker_compose_types as compose;
use indexmap::IndexSet;
use omni_model::{
    Facts,
    deployment::{Service, Stack},
    names::{HostName, ServiceName, StackName},
};

use super::{service, services};
use crate::{artifact::Artifact, header::Header, secrets, yaml};

/// A Compose file.
pub(super) struct File<'a> {
    stack: &'a StackName,
    /// What it runs itself.
    services: Vec<(&'a ServiceName, &'a Service)>,
    /// The files that start with it.
    includes: Vec<&'a StackName>,
}

/// A file for each stack that runs something on a host, be it by what it includes.
pub(super) fn files<'a>(facts: &Facts<'a>, host: &HostName) -> Vec<File<'a>> {
    let services = services(facts, host);
    let stacks = &facts.deployment().stacks;
    let mut needed: IndexSet<_> = services.iter().map(|(_, service)| &service.stack).collect();
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
        services: services.iter().filter(|(_, service)| service.stack == *name).copied().collect(),
        includes: stack.includes.iter().filter(|included| needed.contains(included)).collect(),
    };
    stacks.iter().filter(|(name, _)| needed.contains(name)).map(file).collect()
}

/// The names of the files that start everything: no other includes them.
pub(super) fn roots(files: &[File<'_>]) -> Vec<String> {
    let is_root = |file: &&File<'_>| !files.iter().any(|other| other.includes.contains(&file.stack));
    files.iter().filter(is_root).map(|file| file_name(file.stack)).collect()
}

fn file_name(stack: &StackName) -> String {
    format!("{stack}-stack.yaml")
}

impl File<'_> {
    /// The file in its folder.
    pub(super) fn artifact(&self, facts: &Facts<'_>, folder: &str) -> Artifact {
        let header = Header::of(facts.deployment());
        Artifact::new(
            format!("{folder}/{}", file_name(self.stack)),
            // The types write `null` for some of what is not said, which Compose's schema refuses.
            yaml::to_yaml_without_nulls(&header, &self.compose(facts)),
        )
    }

    fn compose(&self, facts: &Facts<'_>) -> compose::Compose {
        let includes: Vec<_> = self.includes.iter().map(|stack| file_name(stack)).collect();
        let services = self.services.iter();
        let services =
            services.map(|(name, spec)| (name.to_string(), Some(service::service(facts, name, spec))));
        let bridged = self.services.iter().any(|(_, spec)| !spec.host_network);
        let secrets = self.services.iter().flat_map(|(name, _)| secrets::files(facts, name));
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

/// The one network. Each file that uses it says the same of it, which Compose takes for one network.
fn network(facts: &Facts<'_>) -> compose::ComposeNetworks {
    let network = &facts.deployment().network;
    let option = |name: &str, value: &str| {
        (format!("com.docker.network.bridge.{name}"), Some(compose::SingleValue::String(value.to_owned())))
    };
    let bridge = network.bridge.to_string();
    let settings = compose::NetworkSettings {
        name: Some(bridge.clone()),
        driver: Some("bridge".to_owned()),
        // Containers reach each other only where a rule of the firewall says so.
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
