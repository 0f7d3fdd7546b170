//! The plan as originally written, before any correction: exactly the expected findings, and no others.

use std::{collections::BTreeSet, fs, path::Path};

use omni::{Source, check, model::Context};

/// The rules that find a mistake of the plan, with the mistake, in the order of the plan.
const MISTAKES: &[(&str, &str)] = &[
    ("K004", "1.1: parameters that do something else than the table beside them says"),
    ("K003", "1.1: `amd_iommu=on`, which the kernel does not know"),
    ("K005", "1.2: every directory belongs to the operator, and the services write as somebody else"),
    ("S002", "1.3: whatever the repositories hold on the day of the download"),
    ("S008", "1.3: GLM-4.7 comes from the repository of GLM-4-9B"),
    ("B011", "1.3: a fallback of unknown size"),
    ("B014", "1.2: no word of the root disk, which images and logs fill"),
    ("B004", "2 A: `--profile full` may start what the memory does not hold"),
    ("B005", "2 A: the fallbacks have no memory in the budget"),
    ("B008", "2 A: nothing stops the model before a fallback starts"),
    ("S001", "2 A, 2 B.2: images without a release, and the device plugin of a branch"),
    ("S004", "2 B.1: `--write-kubeconfig-mode 644`"),
    ("W004", "2 B.3: restartPolicy `OnFailure` in a Deployment"),
    ("W005", "2 B.3: 40 failures of Kubernetes' default period are no 25 minutes"),
    ("W006", "2 B.3: the liveness probe waits ten minutes after the startup probe"),
    ("W007", "2 B.3: numactl without its capability"),
    ("W008", "2 B.3: the processors of one node, the memory of four"),
    ("W016", "2 B.3: DeepGEMM as if it were AVX-512"),
    ("W018", "2 B.3: probes that wait a second for an answer that takes twenty"),
    ("W009", "2 B.4: a restricted zone whose services may run as root"),
    ("K006", "Memory Budget: swap that the pods may not use"),
    ("F003", "3.1, 3.2: openings for more than the flows need, and a policy for the whole zone"),
    ("F004", "3.2: openings that serve no flow"),
    ("F005", "4.2: Phoenix, which no line lets anybody read"),
    ("F009", "2 B.3: a service on the host's network, where no policy holds"),
    ("M003", "4.1: alerts on metrics that nothing exports"),
    ("W032", "Architecture: a model over two GPUs, and a server that is told of one"),
    ("M005", "4.1: a container that is called otherwise"),
    ("M011", "4.1: an action for a Deployment that is not there"),
    ("M008", "4.1: alerts that nobody is told of"),
    ("M017", "4.1: services whose death no alert notices"),
    ("O001", "4.1: swap, disk and kills that no alert is about"),
    ("W011", "5.2: `/health` for products that have another endpoint"),
    ("W010", "5.2: services that nobody asks how they are"),
    ("S007", "Services Summary: Letta's server is retired"),
    ("W026", "2 A: `RestartPolicy: OnFailure`, with which the model may stay down after a reboot"),
    ("W021", "Services Summary: Letta's Postgres cannot step down from root"),
];

#[test]
fn the_plan_as_written_has_its_mistakes_and_no_others() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("plan-as-written");
    let deployment = Source::file(folder.join("plan.yaml")).unwrap().check(&Context::default()).deployment;
    let report = check(deployment.expect("the plan can be read"), &Context::default()).unwrap_err();
    let (file, review) = (folder.join("review.txt"), format!("{report}\n"));
    if std::env::var_os("OMNI_BLESS").is_some() {
        fs::write(&file, &review).unwrap();
    }
    let kept = fs::read_to_string(file).unwrap_or_default();
    assert!(kept == review, "review.txt is stale; with OMNI_BLESS=1 it is written anew:\n{review}");
    let found: BTreeSet<_> = report.findings.iter().map(|finding| finding.rule).collect();
    assert_eq!(found, MISTAKES.iter().map(|(rule, _)| *rule).collect());
}
