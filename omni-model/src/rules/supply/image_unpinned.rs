use crate::{
    deployment::Deployment,
    diagnostic::{Diagnostic, Severity},
    message::{Said, message, said},
    names::ImageRef,
    path::ModelPath,
    rules::{Definition, Rule, Scope, at},
};

pub(crate) const RULE: Definition = Definition {
    severity: Severity::Warning,
    summary: "each image has a tag other than `latest` or a digest",
    scope: Scope::Deployment(check),
};

fn check(rule: &Rule, deployment: &Deployment) -> Vec<Diagnostic> {
    let of_services = deployment.services.iter().map(|(name, service)| {
        let path = at("services", name).key("image").key("reference");
        (path, said(format!("`{name}`"), name.to_string()), &service.image.reference)
    });
    let plugin = deployment.cluster.iter().filter_map(|cluster| cluster.device_plugin.as_ref());
    let plugin = plugin.map(|plugin| {
        let path = ModelPath::root().key("cluster").key("device_plugin").key("image");
        (path, said("the device plugin", "the device plugin".to_owned()), &plugin.image)
    });
    let is_pinned =
        |image: &ImageRef| image.digest().is_some() || image.tag().is_some_and(|tag| tag != "latest");
    let unpinned = of_services.chain(plugin).filter(|(.., image)| !is_pinned(image));
    let find = |(path, user, image): (ModelPath, Said<String>, &ImageRef)| {
        let message = message!("image `{image}` of {user} is not pinned to a version", image, user);
        rule.finding(path, message).help("use the tag of a release or a digest")
    };
    unpinned.map(find).collect()
}
