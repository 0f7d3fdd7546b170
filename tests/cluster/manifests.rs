//! The manifests of v15 as they are, each judged by the API server before it takes it; and the plan's own, which it must not take.

use std::fs;

use omni_testbed::v15;
use serde_norway::Value;

use crate::{
    bundle::Bundle,
    cluster::until,
    node::Node,
    tally::{Outcome, Tally, contains, ensure},
};

/// What is made wrong in a manifest.
type Change = fn(&mut Value);

pub(crate) fn judge(node: &Node, tally: &mut Tally) {
    let bundle = Bundle::write(&v15(), &node.folder().join("v15"));
    let files = bundle.manifests();
    let pods = &files.last().unwrap().display().to_string();
    tally.check(
        "pods are refused before their namespace is there",
        refused(node, &fs::read_to_string(pods).unwrap(), "namespaces \"agents\" not found"),
    );
    for file in &files {
        let (path, name) = (file.display(), file.file_name().unwrap().display());
        tally.check(
            format_args!("{name}: the API server would take it"),
            node.kubectl(&format!("apply --dry-run=server -f {path}")).ok().map(drop),
        );
        tally.check(
            format_args!("{name}: it takes it"),
            node.kubectl(&format!("apply -f {path}")).ok().map(drop),
        );
        tally.check(
            format_args!("{name}: a second time it changes nothing"),
            unchanged(node, &path.to_string()),
        );
    }
    plan_as_written(node, tally, &bundle);
    let delete = |file: &_| node.kubectl(&format!("delete --ignore-not-found -f {file}")).ok().map(drop);
    let deleted = files.iter().rev().try_for_each(|file| delete(&file.display().to_string()));
    tally.check("all of it can be deleted", deleted.and_then(|()| nothing_is_left(node)));
}

/// What a manifest says is what the cluster has.
fn unchanged(node: &Node, path: &str) -> Outcome {
    let said = node.kubectl(&format!("apply -f {path}")).ok()?;
    ensure(said.lines().all(|line| line.ends_with(" unchanged")), said)
}

/// What our rules call an error, and what only a cluster can refuse, it refuses.
fn plan_as_written(node: &Node, tally: &mut Tally, bundle: &Bundle) {
    let inference = bundle.read("k3s/k8s/zone-a-inference.yaml");
    let agents = bundle.read("k3s/k8s/zone-b-agents.yaml");
    let cases: [(&str, &str, Change, &str); 4] = [
        (
            "W004: restartPolicy `OnFailure` in a Deployment",
            &inference,
            |it| it["spec"]["template"]["spec"]["restartPolicy"] = "OnFailure".into(),
            "spec.template.spec.restartPolicy: Unsupported value: \"OnFailure\": supported values: \"Always\"",
        ),
        (
            "a name with an underscore",
            &agents,
            |it| it["metadata"]["name"] = "agent_orchestrator".into(),
            "metadata.name: Invalid value",
        ),
        (
            "a request above its limit",
            &inference,
            |it| {
                it["spec"]["template"]["spec"]["containers"][0]["resources"]["requests"]["memory"] =
                    "351Gi".into()
            },
            "must be less than or equal to memory limit",
        ),
        (
            "another port of the host's than the container's on the host's network",
            &inference,
            |it| it["spec"]["template"]["spec"]["containers"][0]["ports"][0]["hostPort"] = 8001.into(),
            "must match `hostPort` when `hostNetwork` is true",
        ),
    ];
    for (what, file, change, said) in cases {
        let mut manifest: Value = serde_norway::from_str(file.split("\n---\n").next().unwrap()).unwrap();
        change(&mut manifest);
        tally.check(
            format_args!("refused: {what}"),
            refused(node, &serde_norway::to_string(&manifest).unwrap(), said),
        );
    }
}

fn refused(node: &Node, manifest: &str, why: &str) -> Outcome {
    let file = node.folder().join("refused.yaml");
    fs::write(&file, manifest).unwrap();
    let said = node.kubectl(&format!("apply --dry-run=server -f {}", file.display()));
    ensure(said.code == Some(1), &said.text)?;
    contains(&said.text, why)
}

/// Nothing of ours is in the cluster, or on its way out of it.
pub(crate) fn nothing_is_left(node: &Node) -> Outcome {
    until(|| {
        let ours = node.ours()?;
        ensure(ours.trim().is_empty() || ours.contains("No resources found"), format!("left: {ours}"))
    })
}
