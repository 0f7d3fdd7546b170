use crate::{
    deployment::{Deployment, Receiver, ReceiverKind},
    diagnostic::{Diagnostic, Severity},
    path::ModelPath,
    resolve::{self, Target},
    rules::{Definition, Rule, Scope},
    words::list,
};

pub(crate) const RULE: Definition = Definition {
    severity: Severity::Error,
    summary: "a receiver has the keys of its kind, and no others",
    scope: Scope::Deployment(check),
};

/// What a kind needs, and what it may have beside that.
fn keys(kind: ReceiverKind) -> (&'static [&'static str], &'static [&'static str]) {
    match kind {
        ReceiverKind::Webhook
        | ReceiverKind::Ntfy
        | ReceiverKind::Slack
        | ReceiverKind::Discord
        | ReceiverKind::MsTeams => (&["url"], &["at"]),
        ReceiverKind::Telegram => (&["token", "chat"], &[]),
        ReceiverKind::Pushover => (&["user", "token"], &[]),
        ReceiverKind::PagerDuty => (&["token"], &[]),
        ReceiverKind::Email => (&["at", "to", "from"], &["username", "password"]),
    }
}

/// The keys that a receiver has beside its kind.
fn present(receiver: &Receiver) -> Vec<&'static str> {
    let Receiver { kind: _, at, url, token, user, chat, to, from, username, password } = receiver;
    let keys = [
        ("at", at.is_some()),
        ("url", url.is_some()),
        ("token", token.is_some()),
        ("user", user.is_some()),
        ("chat", chat.is_some()),
        ("to", to.is_some()),
        ("from", from.is_some()),
        ("username", username.is_some()),
        ("password", password.is_some()),
    ];
    keys.into_iter().filter(|(_, is)| *is).map(|(key, _)| key).collect()
}

fn check(rule: &Rule, deployment: &Deployment) -> Vec<Diagnostic> {
    let mut findings = Vec::new();
    for (key, receiver) in deployment.monitoring.iter().flat_map(|monitoring| monitoring.receivers()) {
        let path = ModelPath::root().key("monitoring").key(key);
        let kind = receiver.kind.name();
        let (needs, may) = keys(receiver.kind);
        let present = present(receiver);
        for missing in needs.iter().filter(|key| !present.contains(key)) {
            let message = format!("a receiver of the kind `{kind}` needs `{missing}`");
            findings.push(rule.finding(path.clone(), message).help(format!("add `{missing}`")));
        }
        for other in present.iter().filter(|key| !needs.contains(key) && !may.contains(key)) {
            let message = format!("a receiver of the kind `{kind}` has no `{other}`");
            let help = format!("take it out; it has {}", list(needs.iter().chain(may).copied()));
            findings.push(rule.finding(path.key(*other), message).help(help));
        }
        if receiver.kind != ReceiverKind::Email {
            continue;
        }
        if receiver.username.is_some() != receiver.password.is_some() {
            let message = "the mail server asks for a name and a password together";
            findings.push(rule.finding(path.clone(), message).help("give both, or none"));
        }
        let is_server = match resolve::receiver(deployment, receiver) {
            Some(Target::Api(_, api)) => api.host.is_some() || api.address.is_some(),
            Some(Target::Internet) => false,
            // What does not resolve is another rule's.
            Some(Target::Port(..)) | None => true,
        };
        if !is_server {
            let message = "nobody knows at which name the mail server is";
            let help =
                "let `at` name an API, and give that a `host`, or an `address` in the LAN, and its `port`";
            findings.push(rule.finding(path.key("at"), message).help(help));
        }
    }
    findings
}
