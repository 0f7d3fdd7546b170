//! `alertmanager.yml`: who hears of an alert. <https://prometheus.io/docs/alerting/latest/configuration/>

use omni_model::deployment::{Alert, Condition, Level, Monitoring, ReceiverKind};
use serde::Serialize;

#[derive(Serialize)]
pub(super) struct Config {
    route: Route,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    inhibit_rules: Vec<InhibitRule>,
    receivers: Vec<Receiver>,
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

#[derive(Serialize)]
struct SubRoute {
    matchers: [String; 1],
    receiver: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    repeat_interval: Option<&'static str>,
}

#[derive(Serialize)]
struct InhibitRule {
    source_matchers: [String; 1],
    target_matchers: [String; 1],
    equal: [&'static str; 1],
}

#[derive(Serialize)]
struct Receiver {
    name: &'static str,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    webhook_configs: Vec<WebhookConfig>,
}

#[derive(Serialize)]
struct WebhookConfig {
    url_file: String,
    send_resolved: bool,
}

/// Who hears of what nobody must do anything about.
const NOBODY: &str = "nobody";

/// How often a sign of life is repeated. Alertmanager repeats nothing more often than its groups are looked at.
const SIGN_OF_LIFE: &str = "5m";

/// The name of the receiver, if there is one.
pub(super) fn receiver(monitoring: &Monitoring) -> Option<&'static str> {
    monitoring.receiver.as_ref().map(|receiver| match receiver.kind {
        ReceiverKind::Webhook => "webhook",
    })
}

/// The configuration, with the file that holds the receiver's URL.
pub(super) fn config(monitoring: &Monitoring, url_file: Option<String>) -> Config {
    let receiver = receiver(monitoring).unwrap_or(NOBODY);
    let named = |is: &dyn Fn(&Alert) -> bool| {
        let alerts = monitoring.alerts.iter().filter(|(_, alert)| is(alert));
        let names: Vec<_> = alerts.map(|(name, _)| name.as_str()).collect();
        (!names.is_empty()).then(|| format!("alertname=~\"{}\"", names.join("|")))
    };
    let watchdog = |alert: &Alert| alert.when == Condition::Watchdog;
    let quiet = |alert: &Alert| alert.severity == Level::None && !watchdog(alert);
    let signs = named(&watchdog).map(|matcher| SubRoute {
        matchers: [matcher],
        receiver,
        repeat_interval: Some(SIGN_OF_LIFE),
    });
    let quiet = named(&quiet).map(|matcher| SubRoute {
        matchers: [matcher],
        receiver: NOBODY,
        repeat_interval: None,
    });
    // A target that is down exports nothing: that is one alert, not one for each metric.
    let down = named(&|alert| alert.when == Condition::TargetDown);
    let missing = named(&|alert| alert.when == Condition::MetricMissing);
    let inhibit = down.zip(missing).map(|(down, missing)| InhibitRule {
        source_matchers: [down],
        target_matchers: [missing],
        equal: ["job"],
    });
    let mut receivers: Vec<_> = url_file
        .map(|url_file| WebhookConfig { url_file, send_resolved: true })
        .map(|webhook| Receiver { name: receiver, webhook_configs: vec![webhook] })
        .into_iter()
        .collect();
    if receivers.is_empty() || quiet.is_some() {
        receivers.push(Receiver { name: NOBODY, webhook_configs: Vec::new() });
    }
    Config {
        route: Route {
            receiver,
            group_by: ["alertname", "job"],
            group_wait: "30s",
            group_interval: SIGN_OF_LIFE,
            repeat_interval: "4h",
            routes: signs.into_iter().chain(quiet).collect(),
        },
        inhibit_rules: inhibit.into_iter().collect(),
        receivers,
    }
}
