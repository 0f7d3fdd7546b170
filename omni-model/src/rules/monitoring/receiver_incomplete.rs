use crate::{
    deployment::{Deployment, Receiver, ReceiverKind},
    diagnostic::{Diagnostic, Severity},
    message::message,
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

/// The keys that a kind needs, and those that it may have besides.
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

/// The keys that a receiver has, apart from its kind.
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
            let message = message!("a receiver of kind `{kind}` needs `{missing}`", kind, missing);
            findings.push(rule.finding(path.clone(), message).help(format!("add `{missing}`")));
        }
        for other in present.iter().filter(|key| !needs.contains(key) && !may.contains(key)) {
            let message = message!("a receiver of kind `{kind}` does not take `{other}`", kind, other);
            let help =
                format!("remove `{other}`: this kind takes {}", list(needs.iter().chain(may).copied()));
            let here = path.key(*other);
            findings.push(rule.finding(here.clone(), message).help(help).fix(here, ()));
        }
        if receiver.kind != ReceiverKind::Email {
            continue;
        }
        if receiver.username.is_some() != receiver.password.is_some() {
            let message = "a mail server needs `username` and `password` together";
            findings.push(rule.finding(path.clone(), message).help("set both, or neither"));
        }
        let is_server = match resolve::receiver(deployment, receiver) {
            Some(Target::Api(_, api)) => api.host.is_some() || api.address.is_some(),
            Some(Target::Internet) => false,
            // R001 reports what does not resolve.
            Some(Target::Port(..)) | None => true,
        };
        if !is_server {
            let message = "the address of the mail server is unknown";
            let help = "set `at` to an API that has a `port` and either a `host` or an `address`";
            findings.push(rule.finding(path.key("at"), message).help(help));
        }
    }
    findings
}
