//! `alertmanager.yml`: who hears of an alert. <https://prometheus.io/docs/alerting/latest/configuration/>

use omni_model::{
    Facts,
    deployment::{Alert, Condition, Level, Monitoring, Receiver, ReceiverKind},
    resolve::{self, Target},
};
use serde::Serialize;
use serde_json::{Value, json};

use crate::secrets;

#[derive(Serialize)]
pub(super) struct Config {
    route: Route,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    inhibit_rules: Vec<InhibitRule>,
    receivers: Vec<Named>,
}

#[derive(Serialize)]
struct Route {
    receiver: &'static str,
    group_by: [&'static str; 2],
    group_wait: &'static str,
    group_interval: &'static str,
    repeat_interval: &'static str,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    routes: Vec<SubRoute>,
}

#[derive(Default, Serialize)]
struct SubRoute {
    matchers: [String; 1],
    receiver: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    group_by: Option<[&'static str; 1]>,
    #[serde(skip_serializing_if = "Option::is_none")]
    group_wait: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    repeat_interval: Option<&'static str>,
}

#[derive(Serialize)]
struct InhibitRule {
    source_matchers: [String; 1],
    target_matchers: [String; 1],
    equal: [&'static str; 1],
}

/// A receiver: its name, and what it is told through.
#[derive(Serialize)]
struct Named {
    name: &'static str,
    #[serde(flatten, skip_serializing_if = "Option::is_none")]
    integration: Option<serde_json::Map<String, Value>>,
}

/// Who hears of what nobody must do anything about.
const NOBODY: &str = "nobody";

/// Who misses the watchdog.
pub(super) const WATCHDOG: &str = "watchdog";

/// The alerts by which `verify.sh` finds out whether the receiver of alerts and that of the watchdog hear.
pub(super) const TEST: &str = "OmniDeliveryTest";
pub(super) const WATCHDOG_TEST: &str = "OmniSignOfLifeTest";

/// The label that tells the runs of `verify.sh` apart.
pub(super) const RUN: &str = "run";

/// How often a group of alerts is looked at.
const LOOKED_AT: &str = "5m";

/// After how long a sign of life is repeated when its group is looked at. With the same time as that, every second one would be
/// a moment too early, and be left to the next look.
const SIGN_OF_LIFE: &str = "4m";

/// The name of the receiver of alerts, if there is one.
pub(super) fn receiver(monitoring: &Monitoring) -> Option<&'static str> {
    monitoring.receiver.as_ref().map(|receiver| receiver.kind.name())
}

/// The name of the receiver that hears the watchdog, if there is one.
pub(super) fn watchdog(monitoring: &Monitoring) -> Option<&'static str> {
    monitoring.watchdog.as_ref().map(|_| WATCHDOG).or(receiver(monitoring))
}

/// The configuration.
pub(super) fn config(facts: &Facts<'_>, monitoring: &Monitoring) -> Config {
    let receiver = receiver(monitoring).unwrap_or(NOBODY);
    let named = |is: &dyn Fn(&Alert) -> bool| {
        let alerts = monitoring.alerts.iter().filter(|(_, alert)| is(alert));
        let names: Vec<_> = alerts.map(|(name, _)| name.as_str()).collect();
        (!names.is_empty()).then(|| format!("alertname=~\"{}\"", names.join("|")))
    };
    let is_watchdog = |alert: &Alert| alert.when == Condition::Watchdog;
    let quiet = |alert: &Alert| alert.severity == Level::None && !is_watchdog(alert);
    let test = |name: &str, receiver| SubRoute {
        matchers: [format!("alertname=\"{name}\"")],
        receiver,
        group_by: Some([RUN]),
        group_wait: Some("1s"),
        ..SubRoute::default()
    };
    let tests = monitoring.receiver.iter().map(|_| test(TEST, receiver));
    let tests = tests.chain(monitoring.watchdog.iter().map(|_| test(WATCHDOG_TEST, WATCHDOG)));
    let signs = named(&is_watchdog).map(|matcher| SubRoute {
        matchers: [matcher],
        receiver: watchdog(monitoring).unwrap_or(NOBODY),
        repeat_interval: Some(SIGN_OF_LIFE),
        ..SubRoute::default()
    });
    let quiet = named(&quiet).map(|matcher| SubRoute {
        matchers: [matcher],
        receiver: NOBODY,
        ..SubRoute::default()
    });
    // A target that is down exports nothing: that is one alert, not one for each metric.
    let down = named(&|alert| alert.when == Condition::TargetDown);
    let missing = named(&|alert| alert.when == Condition::MetricMissing);
    let inhibit = down.zip(missing).map(|(down, missing)| InhibitRule {
        source_matchers: [down],
        target_matchers: [missing],
        equal: ["job"],
    });
    let all = monitoring.receivers().map(|(key, it)| {
        let name = if key == WATCHDOG { WATCHDOG } else { it.kind.name() };
        Named { name, integration: integration(facts, monitoring, it, key != WATCHDOG) }
    });
    let mut receivers: Vec<_> = all.collect();
    if monitoring.receiver.is_none() || quiet.is_some() {
        receivers.push(Named { name: NOBODY, integration: None });
    }
    Config {
        route: Route {
            receiver,
            group_by: ["alertname", "job"],
            group_wait: "30s",
            group_interval: LOOKED_AT,
            repeat_interval: "4h",
            routes: tests.chain(signs).chain(quiet).collect(),
        },
        inhibit_rules: inhibit.into_iter().collect(),
        receivers,
    }
}

/// What a receiver is told through, by the key of its kind. Each secret is in a file: those of webhooks and bots since Alertmanager
/// 0.26, of Discord since 0.27, of Teams' workflows since 0.28.
/// <https://github.com/prometheus/alertmanager/blob/main/CHANGELOG.md>
fn integration(
    facts: &Facts<'_>,
    monitoring: &Monitoring,
    receiver: &Receiver,
    send_resolved: bool,
) -> Option<serde_json::Map<String, Value>> {
    let file = |secret: &Option<_>| secret.as_ref().map(secrets::file_path);
    let (url, token) = (file(&receiver.url), file(&receiver.token));
    let (key, mut config) = match receiver.kind {
        ReceiverKind::Webhook | ReceiverKind::Ntfy => ("webhook_configs", json!({ "url_file": url? })),
        ReceiverKind::Slack => ("slack_configs", json!({ "api_url_file": url? })),
        ReceiverKind::Discord => ("discord_configs", json!({ "webhook_url_file": url? })),
        ReceiverKind::MsTeams => ("msteamsv2_configs", json!({ "webhook_url_file": url? })),
        ReceiverKind::Telegram => {
            let chat: i64 = receiver.chat.as_ref()?.as_str().parse().ok()?;
            ("telegram_configs", json!({ "bot_token_file": token?, "chat_id": chat }))
        }
        ReceiverKind::Pushover => {
            ("pushover_configs", json!({ "user_key_file": file(&receiver.user)?, "token_file": token? }))
        }
        ReceiverKind::PagerDuty => ("pagerduty_configs", json!({ "routing_key_file": token? })),
        ReceiverKind::Email => ("email_configs", mail(facts, monitoring, receiver)?),
    };
    config.as_object_mut()?.insert("send_resolved".to_owned(), send_resolved.into());
    Some([(key.to_owned(), json!([config]))].into_iter().collect())
}

fn mail(facts: &Facts<'_>, monitoring: &Monitoring, receiver: &Receiver) -> Option<Value> {
    let server = match resolve::receiver(facts.deployment(), receiver)? {
        Target::Api(_, api) => {
            let address = || api.address.map(|address| address.to_string());
            let name = api.host.as_ref().map(ToString::to_string).or_else(address)?;
            format!("{name}:{}", api.port)
        }
        Target::Port(name, _, port, _) => facts.endpoint(monitoring.alertmanager.as_ref()?, name, port)?,
        Target::Internet => return None,
    };
    let mut config = json!({
        "to": receiver.to.as_ref()?.as_str(),
        "from": receiver.from.as_ref()?.as_str(),
        "smarthost": server,
    });
    if let Some((name, password)) = receiver.username.as_ref().zip(receiver.password.as_ref()) {
        let config = config.as_object_mut()?;
        config.insert("auth_username".to_owned(), name.as_str().into());
        config.insert("auth_password_file".to_owned(), secrets::file_path(password).into());
    }
    Some(config)
}
