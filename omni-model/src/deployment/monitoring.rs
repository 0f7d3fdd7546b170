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

/// What watches the deployment, and for what.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Monitoring {
    /// The service that is Prometheus.
    pub prometheus: ServiceName,
    /// The service that is Alertmanager.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub alertmanager: Option<ServiceName>,
    /// The service that is Grafana.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub grafana: Option<ServiceName>,
    /// The service that asks the others for their health: Prometheus' blackbox_exporter.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub prober: Option<ServiceName>,
    /// How often metrics are read.
    pub scrape_interval: Duration,
    /// How long they are kept.
    pub retention: Duration,
    /// Who is told of an alert.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub receiver: Option<Receiver>,
    /// Who misses the watchdog: a dead man's switch, which raises the alarm when it hears nothing. Unless it is said, the receiver
    /// of all other alerts hears the watchdog as well.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub watchdog: Option<Receiver>,
    /// Exporters that Omni does not know, and the metrics that they export.
    #[serde(default, skip_serializing_if = "IndexMap::is_empty")]
    pub exporters: IndexMap<ExporterName, Exporter>,
    /// The name of the group that the alerts stand in.
    pub group: RuleGroupName,
    /// The alerts.
    #[serde(default, skip_serializing_if = "IndexMap::is_empty")]
    pub alerts: IndexMap<AlertName, Alert>,
    /// The pages that people look at.
    #[serde(default, skip_serializing_if = "IndexMap::is_empty")]
    pub dashboards: IndexMap<DashboardName, Dashboard>,
}

/// Who is told of an alert.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Receiver {
    /// Its kind, which says what other keys it has.
    pub kind: ReceiverKind,
    /// Where it is: a port of a service, an API, or `internet` (HTTPS anywhere). Alertmanager's way there follows from it. Unless it
    /// is said, the kinds that are services on the internet are there, and the flows say it for the others.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub at: Option<Peer>,
    /// The secret that holds its URL (`webhook`, `ntfy`, `slack`, `discord`, `msteams`).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub url: Option<EnvName>,
    /// The secret that holds the token of a bot (`telegram`) or of an application (`pushover`), or the integration's key
    /// (`pagerduty`).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub token: Option<EnvName>,
    /// The secret that holds the key of a user (`pushover`).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub user: Option<EnvName>,
    /// The number of a chat (`telegram`).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub chat: Option<ChatId>,
    /// Who gets the mail (`email`).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub to: Option<MailAddress>,
    /// Who sends it (`email`).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub from: Option<MailAddress>,
    /// The name under which the mail server is asked (`email`).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub username: Option<Text>,
    /// The secret that holds its password (`email`).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub password: Option<EnvName>,
}

impl Receiver {
    /// The keys that hold the name of a secret.
    pub fn secrets(&self) -> impl Iterator<Item = (&'static str, &EnvName)> {
        let keys =
            [("url", &self.url), ("token", &self.token), ("user", &self.user), ("password", &self.password)];
        keys.into_iter().filter_map(|(key, secret)| Some((key, secret.as_ref()?)))
    }
}

impl Monitoring {
    /// Who is told of anything, by the key that says so.
    pub fn receivers(&self) -> impl Iterator<Item = (&'static str, &Receiver)> {
        let keys = [("receiver", &self.receiver), ("watchdog", &self.watchdog)];
        keys.into_iter().filter_map(|(key, receiver)| Some((key, receiver.as_ref()?)))
    }
}

/// A kind of receiver.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum ReceiverKind {
    /// Alertmanager's JSON is posted to the URL.
    Webhook,
    /// A topic of ntfy. The URL ends in `?template=alertmanager`: ntfy makes the message of Alertmanager's JSON.
    /// <https://docs.ntfy.sh/publish/#message-templating>
    Ntfy,
    /// An incoming webhook of Slack, or of what speaks like it.
    Slack,
    /// A webhook of Discord.
    Discord,
    /// A workflow of Microsoft Teams.
    #[serde(rename = "msteams")]
    MsTeams,
    /// A chat of Telegram, through a bot.
    Telegram,
    /// Pushover.
    Pushover,
    /// PagerDuty's Events API, version 2.
    #[serde(rename = "pagerduty")]
    PagerDuty,
    /// Mail, through the server that `at` names, with TLS (STARTTLS, or from the start on port 465).
    Email,
}

impl ReceiverKind {
    /// Its name.
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

    /// Whether it is a service on the internet, asked by HTTPS, unless something else is said.
    pub const fn is_hosted(self) -> bool {
        !matches!(self, Self::Webhook | Self::Ntfy | Self::Email)
    }
}

/// An exporter that Omni does not know.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Exporter {
    /// The metrics that it exports.
    pub metrics: Vec<MetricName>,
}

/// An alert.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Alert {
    /// What it is about. What an option cannot measure (Kubernetes' own metrics on Docker Compose) is left out there.
    pub when: Condition,
    /// How long that must last; none is the first time that it is seen.
    #[serde(default, rename = "for", skip_serializing_if = "super::is_default")]
    pub lasting: Duration,
    /// How bad it is.
    pub severity: Level,
    /// What it means, for people.
    pub summary: Text,
    /// What to do.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub action: Option<Action>,
    /// Cases in which it fires, and cases in which it is silent. A condition of Omni's own has its cases by itself; PromQL of
    /// the author's needs them.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub cases: Vec<AlertCase>,
}

/// A case of an alert, for `promtool test rules`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct AlertCase {
    /// What it shows.
    pub name: Text,
    /// The series, each with its values from scrape to scrape as promtool expands them: `up{job="model"}`, `1x20 0x40`.
    /// <https://prometheus.io/docs/prometheus/latest/configuration/unit_testing_rules/#series>
    pub series: IndexMap<Text, SampleValues>,
    /// When it is looked at, counted from the first values.
    pub at: Duration,
    /// The labels of what fires then, beside those of the rule: nothing if it is silent.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub fires: Vec<IndexMap<LabelName, Text>>,
}

/// How bad an alert is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Level {
    /// Somebody must act now.
    Critical,
    /// Somebody must look.
    Warning,
    /// Nobody must do anything.
    None,
}

/// What to do about an alert.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Action {
    /// Stop a service.
    Stop(ServiceName),
    /// What the text says.
    Manual(Text),
}

/// A page that people look at.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Dashboard {
    /// Its name for people.
    pub title: Text,
    /// Who serves it.
    pub at: PortOf,
    /// What it shows.
    pub purpose: Text,
}
