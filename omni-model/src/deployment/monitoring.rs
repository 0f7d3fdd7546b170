//! Metrics, alerts and dashboards.

use indexmap::IndexMap;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Condition, Peer, PortOf};
use crate::{
    names::{
        AlertName, ChatId, DashboardName, EnvName, ExporterName, LabelName, MailAddress, MetricName,
        RuleGroupName, SampleValues, ServiceName, Text,
    },
    units::Duration,
};

/// What monitors the deployment, and which alerts it raises.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Monitoring {
    /// Service that runs Prometheus, for example `prometheus`.
    pub prometheus: ServiceName,
    /// Service that runs Alertmanager, for example `alertmanager`. Default: nobody is notified of alerts.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub alertmanager: Option<ServiceName>,
    /// Service that runs Grafana, for example `grafana`. Default: no dashboards are emitted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub grafana: Option<ServiceName>,
    /// Service that runs blackbox_exporter, for example `blackbox-exporter`. It probes the `health` of the other services.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub prober: Option<ServiceName>,
    /// Time between two readings of the metrics, for example `30s`.
    pub scrape_interval: Duration,
    /// How long Prometheus keeps metrics, for example `15d`.
    pub retention: Duration,
    /// Who is notified of alerts, for example `{ kind: webhook, url: ALERT_WEBHOOK_URL }`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub receiver: Option<Receiver>,
    /// Who receives the `watchdog` alert, for example `{ kind: webhook, url: WATCHDOG_URL }`: a dead man's switch, which raises
    /// the alarm if it stops hearing the alert. Default: `receiver` receives it too.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub watchdog: Option<Receiver>,
    /// Exporters that Omni does not know, by name, for example `my-exporter`.
    #[serde(default, skip_serializing_if = "IndexMap::is_empty")]
    pub exporters: IndexMap<ExporterName, Exporter>,
    /// Name of the rule group that holds the alerts, for example `homelab`.
    pub group: RuleGroupName,
    /// The alerts, by name, for example `SwapMissing`.
    #[serde(default, skip_serializing_if = "IndexMap::is_empty")]
    pub alerts: IndexMap<AlertName, Alert>,
    /// Pages that people look at, by name, for example `grafana`. They are listed in the runbook.
    #[serde(default, skip_serializing_if = "IndexMap::is_empty")]
    pub dashboards: IndexMap<DashboardName, Dashboard>,
}

/// Who is notified of alerts. `kind` determines which other keys are needed (M018).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Receiver {
    /// Kind of the receiver.
    pub kind: ReceiverKind,
    /// Where the receiver is, for example `ntfy.http`: a port of a service, an API, or `internet` (HTTPS to any address). The
    /// firewall lets Alertmanager connect to it. Default: `internet` for hosted kinds such as Slack; for the others, where
    /// the flows of Alertmanager lead.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub at: Option<Peer>,
    /// Secret that holds the URL, for example `ALERT_WEBHOOK_URL`. For `webhook`, `ntfy`, `slack`, `discord` and `msteams`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub url: Option<EnvName>,
    /// Secret that holds the token of the bot (`telegram`), the token of the application (`pushover`) or the integration key
    /// (`pagerduty`), for example `TELEGRAM_TOKEN`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub token: Option<EnvName>,
    /// Secret that holds the user key, for example `PUSHOVER_USER`. For `pushover`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub user: Option<EnvName>,
    /// Number of the chat, for example `-1001234567890`. For `telegram`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub chat: Option<ChatId>,
    /// Address that the mail is sent to, for example `ops@example.org`. For `email`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub to: Option<MailAddress>,
    /// Address that the mail is sent from, for example `omni@example.org`. For `email`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub from: Option<MailAddress>,
    /// User name for the mail server, for example `omni@example.org`. For `email`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub username: Option<Text>,
    /// Secret that holds the password for the mail server, for example `SMTP_PASSWORD`. For `email`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub password: Option<EnvName>,
}

impl Receiver {
    /// The keys whose value is the name of a secret, with these names.
    pub fn secrets(&self) -> impl Iterator<Item = (&'static str, &EnvName)> {
        let keys =
            [("url", &self.url), ("token", &self.token), ("user", &self.user), ("password", &self.password)];
        keys.into_iter().filter_map(|(key, secret)| Some((key, secret.as_ref()?)))
    }
}

impl Monitoring {
    /// The receivers, each with its key.
    pub fn receivers(&self) -> impl Iterator<Item = (&'static str, &Receiver)> {
        let keys = [("receiver", &self.receiver), ("watchdog", &self.watchdog)];
        keys.into_iter().filter_map(|(key, receiver)| Some((key, receiver.as_ref()?)))
    }
}

/// A kind of receiver.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum ReceiverKind {
    /// Alertmanager posts its JSON to the URL.
    Webhook,
    /// A topic of ntfy. The URL must end in `?template=alertmanager`, so that ntfy formats Alertmanager's JSON.
    /// <https://docs.ntfy.sh/publish/#message-templating>
    Ntfy,
    /// An incoming webhook of Slack or of a compatible service.
    Slack,
    /// A webhook of Discord.
    Discord,
    /// A workflow of Microsoft Teams.
    #[serde(rename = "msteams")]
    MsTeams,
    /// A Telegram chat, through a bot.
    Telegram,
    /// Pushover.
    Pushover,
    /// The Events API of PagerDuty, version 2.
    #[serde(rename = "pagerduty")]
    PagerDuty,
    /// Mail through the server that `at` names, with TLS (STARTTLS, or TLS from the start on port 465).
    Email,
}

impl ReceiverKind {
    /// The name as in a document.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Webhook => "webhook",
            Self::Ntfy => "ntfy",
            Self::Slack => "slack",
            Self::Discord => "discord",
            Self::MsTeams => "msteams",
            Self::Telegram => "telegram",
            Self::Pushover => "pushover",
            Self::PagerDuty => "pagerduty",
            Self::Email => "email",
        }
    }

    /// Whether receivers of this kind are services on the internet by default, which are reached by HTTPS.
    pub const fn is_hosted(self) -> bool {
        !matches!(self, Self::Webhook | Self::Ntfy | Self::Email)
    }
}

/// An exporter that Omni does not know.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Exporter {
    /// Metrics that the exporter exports, for example `[my_queue_length]`.
    pub metrics: Vec<MetricName>,
}

/// An alert.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Alert {
    /// Condition of the alert. A condition that an option cannot measure, such as a Kubernetes metric on Docker Compose, is
    /// omitted in that option.
    pub when: Condition,
    /// How long the condition must hold before the alert fires, for example `5min`.
    #[serde(default, rename = "for", skip_serializing_if = "super::is_default")]
    #[schemars(skip_serializing_if = "super::never")]
    pub lasting: Duration,
    /// Severity of the alert.
    pub severity: Level,
    /// What the alert means, for people, for example `A service does not answer`.
    pub summary: Text,
    /// What to do about the alert. Default: the runbook describes no action.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub action: Option<Action>,
    /// Test cases: when the alert fires, and when it is silent. Omni has cases for its own conditions; `promql` needs cases
    /// of yours (M014).
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub cases: Vec<AlertCase>,
}

/// A test case of an alert, for `promtool test rules`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct AlertCase {
    /// What the case shows, for example `The queue is full`.
    pub name: Text,
    /// Series and their values from scrape to scrape, in promtool's notation, for example `{ "my_queue_length{job=\"api\"}":
    /// 0x20 }`.
    /// <https://prometheus.io/docs/prometheus/latest/configuration/unit_testing_rules/#series>
    pub series: IndexMap<Text, SampleValues>,
    /// Time at which the alert is evaluated, from the first value, for example `10min`.
    pub at: Duration,
    /// Labels of the alerts that fire at that time, beside the labels of the rule, for example `[{ job: api }]`. Default: no
    /// alert fires.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub fires: Vec<IndexMap<LabelName, Text>>,
}

/// The severity of an alert.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Level {
    /// Somebody must act now.
    Critical,
    /// Somebody should look at it.
    Warning,
    /// Nobody has to do anything.
    None,
}

/// What to do about an alert.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Action {
    /// Stop this service, for example `ollama`.
    Stop(ServiceName),
    /// What a person should do, for example `Restart the service`.
    Manual(Text),
}

/// A page that people look at.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Dashboard {
    /// Name for people, for example `Grafana`.
    pub title: Text,
    /// Port that serves the page, for example `grafana.http`.
    pub at: PortOf,
    /// What the page shows, for example `Metrics`.
    pub purpose: Text,
}
