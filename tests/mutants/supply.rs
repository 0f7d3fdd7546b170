//! Images, names, secrets, and what the author accepts.

use serde_json::json;

use super::{By::Rules, Class, Mutant, Original};

pub(super) fn classes(v15: &Original) -> Vec<Class> {
    let all = v15.services(|_| true);
    let image = |name: &String| format!("services.{name}.image.reference");
    let bare = |name: &String| v15.text(&image(name)).rsplit_once(':').unwrap().0.to_owned();
    // Every third: they are all of one type.
    let acceptances: Vec<_> = v15.items("accept", |_| true).into_iter().step_by(3).collect();
    let mut classes = vec![
        Class {
            what: "an image of whatever day",
            by: Rules(&["S001"]),
            mutants: all
                .iter()
                .enumerate()
                .map(|(i, name)| {
                    let end = if i % 2 == 0 { "" } else { ":latest" };
                    v15.with(&image(name), bare(name) + end)
                })
                .chain([v15.with("cluster.device_plugin.image", "nvcr.io/nvidia/k8s-device-plugin")])
                .collect(),
        },
        Class {
            what: "a branch as a model's revision",
            by: Rules(&["S002"]),
            mutants: v15
                .keys("models")
                .iter()
                .flat_map(|name| {
                    ["main", "master"].map(|branch| v15.with(&format!("models.{name}.revision"), branch))
                })
                .collect(),
        },
        Class {
            what: "a release of k3s whose checksums nobody knows",
            by: Rules(&["S010"]),
            mutants: ["v1.36.2+k3s1", "v1.33.5+k3s1"].map(|release| v15.with("cluster.k3s", release)).into(),
        },
        Class {
            what: "a model from the repository of another",
            by: Rules(&["S008"]),
            mutants: ["unsloth/DeepSeek-R1-GGUF", "unsloth/DeepSeek-V2.5-GGUF", "unsloth/DeepSeek-V3-1-GGUF"]
                .iter()
                .skip(1)
                .map(|repository| v15.with("models.deepseek-v3-2.repository", *repository))
                .collect(),
        },
        Class {
            what: "a name in a command that is not what it seems",
            by: Rules(&["S003"]),
            mutants: [
                "pip install huggingface-cli",
                "huggingface-cli download x/y",
                "pip install pytorch",
                "pip3 install sklearn",
            ]
            .map(|text| v15.with("operations.post_deployment.command", text))
            .into_iter()
            .chain([
                v15.with("services.mem0.command", vec!["sh", "-c", "pip install tensorflow-gpu && serve"])
            ])
            .collect(),
        },
        Class {
            what: "the cluster administrator's credentials for everybody",
            by: Rules(&["S004"]),
            mutants: ["0644", "0640", "0604", "0666"]
                .map(|mode| v15.with("cluster.kubeconfig_mode", mode))
                .into(),
        },
        Class {
            what: "a secret written down",
            by: Rules(&["S005"]),
            mutants: [
                ("grafana", "GF_SECURITY_ADMIN_PASSWORD"),
                ("agent-orchestrator", "BRAINTRUST_API_KEY"),
                ("letta", "OPENAI_API_KEY"),
                ("mem0", "QDRANT_TOKEN"),
            ]
            .map(|(name, variable)| v15.with(&format!("services.{name}.env.{variable}"), "correct-horse"))
            .into(),
        },
        Class {
            what: "a password that everybody knows",
            by: Rules(&["S006"]),
            mutants: vec![
                v15.without("services.grafana.secrets"),
                v15.without("services.grafana.secrets.GF_SECURITY_ADMIN_PASSWORD"),
            ],
        },
        Class {
            what: "a secret taken out, or renamed",
            by: Rules(&["R001"]),
            mutants: v15
                .keys("secrets")
                .iter()
                .flat_map(|name| {
                    [v15.without(&format!("secrets.{name}")), {
                        let renamed = |old: &str| old.replace('-', "_").to_uppercase();
                        let Mutant { what, mut tree } = v15.renamed("secrets", name);
                        let secrets = tree["secrets"].as_object_mut().unwrap();
                        *secrets = std::mem::take(secrets)
                            .into_iter()
                            .map(|(key, value)| (renamed(&key), value))
                            .collect();
                        Mutant { what, tree }
                    }]
                })
                .collect(),
        },
        Class {
            what: "an acceptance without a reason",
            by: Rules(&["A003"]),
            mutants: acceptances.iter().map(|i| v15.with(&format!("accept[{i}].reason"), " ")).collect(),
        },
        Class {
            what: "an acceptance of nothing",
            by: Rules(&["A001"]),
            mutants: acceptances
                .iter()
                .map(|i| v15.with(&format!("accept[{i}].at"), "services.letta"))
                .collect(),
        },
        Class {
            what: "an acceptance of an error, or of a rule that is not there",
            by: Rules(&["A001"]),
            mutants: ["B001", "F001", "Z999"].map(|rule| v15.with("accept[0].rule", rule)).into(),
        },
    ];
    // What was accepted is found again, by the rule that the acceptance named.
    for rule in [
        "B011", "F003", "F004", "F009", "K003", "K004", "M004", "S002", "S007", "S008", "W006", "W008",
        "W016",
    ] {
        let named = v15.items("accept", |acceptance| acceptance["rule"] == json!(rule));
        let rules: &'static [&'static str] = Box::leak(Box::new([rule]));
        classes.push(Class {
            what: "an acceptance taken out",
            by: Rules(rules),
            mutants: named.iter().map(|i| v15.without(&format!("accept[{i}]"))).collect(),
        });
    }
    classes
}
