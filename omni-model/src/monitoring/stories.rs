//! The series that an alert of each kind reads: when all is as planned, just short of its threshold, and just past it.

use super::{
    alerts::{
        CLOCK_ERROR, CLOCK_EVENTS, CONTAINER_STARTED, MEMORY_LIMIT, RECENT, STARTS, SWAP_LEAST, THROTTLED,
        WORKING_SET, noted, seen_for, watcher,
    },
    exporters::{COMPOSE_PROJECT, COMPOSE_SERVICE},
    gpus,
    probes::{Probe, probe_job, probes},
    promql::Selector,
    targets::{STARTED, Target, Targets},
};
use crate::{
    Scenario,
    budget::{self, FileSystem},
    deployment::{Alert, Condition, Host, Service},
    ledger::Ledger,
    names::{HostName, ServiceName},
    running,
    scenario::Runtime,
    units::{Bytes, Duration, Percent},
};

/// How the series stand.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Level {
    /// As the deployment plans them.
    Planned,
    /// Just short of what the alert is about.
    Short,
    /// Just past it.
    Past,
}

impl Level {
    fn of<T>(self, [planned, short, past]: [T; 3]) -> T {
        match self {
            Self::Planned => planned,
            Self::Short => short,
            Self::Past => past,
        }
    }
}

/// The series of a level, for an alert that fires at a scrape; nothing where a condition has no such level.
type Levels<'s> = Box<dyn Fn(Level, u64) -> Option<Vec<Series>> + 's>;

/// What an alert of a kind reads.
pub(super) struct Story<'s> {
    /// The scrape at which its expression holds for the first time when its series are past the threshold.
    pub(super) settles: u64,
    /// How far its expression looks back.
    pub(super) looks_back: Duration,
    /// The series. The alert has the labels of the first.
    pub(super) series: Levels<'s>,
    /// What else it does.
    pub(super) also: Vec<Also>,
}

/// Another case of an alert.
pub(super) struct Also {
    /// What it shows.
    pub(super) name: String,
    /// The series. Where the alert fires, it has the labels of the first.
    pub(super) series: Vec<Series>,
    /// The scrapes at which it is looked at, and whether the alert fires then.
    pub(super) moments: Vec<(u64, bool)>,
}

impl Also {
    fn silent(name: String, scrape: u64, series: Vec<Series>) -> Self {
        Self { name, series, moments: vec![(scrape, false)] }
    }
}

/// A service that is seen to be up or down: how long it may load beyond what the alert waits, and the series that says so.
struct Watched<'s> {
    name: &'s ServiceName,
    service: &'s Service,
    series: Box<dyn Fn(Values) -> Series + 's>,
}

/// A series.
pub(super) struct Series {
    metric: String,
    /// Its labels.
    pub(super) labels: Vec<(&'static str, String)>,
    values: Values,
}

/// Its values, one a scrape.
enum Values {
    /// Each by itself; nothing where there is no sample.
    Each(Box<dyn Fn(u64) -> Option<u64>>),
    /// The first, and what comes to it from scrape to scrape.
    Slope(u64, String),
}

impl Values {
    fn always(value: u64) -> Self {
        Self::Each(Box::new(move |_| Some(value)))
    }
}

impl Series {
    /// The series, and so many of its values; if it then is gone, with its end.
    pub(super) fn text(&self, scrapes: u64, gone: bool) -> (String, String) {
        let labels: Vec<_> = self.labels.iter().map(|(name, value)| (*name, value.as_str())).collect();
        let mut values = match &self.values {
            Values::Slope(from, step) => format!("{from}{step}x{}", scrapes.saturating_sub(1)),
            Values::Each(value) => values_text(scrapes, value),
        };
        if gone {
            values += " stale";
        }
        (Selector::new(&self.metric, &labels).to_string(), values)
    }
}

/// Values from scrape to scrape as promtool reads them.
fn values_text(scrapes: u64, value: impl Fn(u64) -> Option<u64>) -> String {
    let mut runs: Vec<(Option<u64>, u64)> = Vec::new();
    for value in (0..scrapes).map(value) {
        match runs.last_mut() {
            Some((last, times)) if *last == value => *times += 1,
            _ => runs.push((value, 1)),
        }
    }
    runs_text(&runs)
}

/// The same of values of which each stays for so many scrapes.
pub(super) fn runs_text(runs: &[(Option<u64>, u64)]) -> String {
    let run = |(value, times): &(Option<u64>, u64)| match (value, times) {
        (Some(value), 1) => value.to_string(),
        (Some(value), _) => format!("{value}x{}", times - 1),
        // When a target no longer has a series, Prometheus marks its end.
        (None, 1) => "stale".to_owned(),
        (None, _) => format!("stale _x{}", times - 1),
    };
    runs.iter().map(run).collect::<Vec<_>>().join(" ")
}

/// What Prometheus reads, and how often.
pub(super) struct Site<'a, 's> {
    scenario: &'s Scenario<'a>,
    targets: &'s Targets<'a>,
    interval: u64,
    /// How long the alert waits.
    lasting: Duration,
}

impl<'a, 's> Site<'a, 's> {
    /// As an alert's series are read: at each scrape, or less often where that would be thousands of times. Prometheus takes a
    /// sample of the last five minutes for the present, and a trend is not made of two.
    pub(super) fn of(scenario: &'s Scenario<'a>, alert: &Alert, scrapes: Duration) -> Self {
        let apart = match &alert.when {
            Condition::DiskPredictedFull { within } if alert.cases.is_empty() => {
                (seen_for(*within).secs() / 10).min(240)
            }
            Condition::MemoryCorrectable { within, .. } | Condition::MemoryUncorrectable { within } => {
                (within.secs() / 240).min(240)
            }
            _ => 1,
        };
        let interval = scrapes.secs().max(apart).max(1);
        Self { scenario, targets: scenario.targets(), interval, lasting: alert.lasting }
    }

    /// How far apart the scrapes are.
    pub(super) fn interval(&self) -> Duration {
        Duration::from_secs(self.interval)
    }

    /// How many scrapes fill a time.
    pub(super) fn scrapes(&self, time: Duration) -> u64 {
        time.secs().div_ceil(self.interval)
    }

    /// The scrape at which an alert fires whose expression holds from a scrape on.
    pub(super) fn settled(&self, scrape: u64) -> u64 {
        scrape + self.scrapes(self.lasting)
    }

    /// When a scrape is.
    pub(super) fn time(&self, scrape: u64) -> Duration {
        Duration::from_secs(scrape * self.interval)
    }

    /// The series of a condition; nothing where what it is about is not there, or its cases come from elsewhere. A new kind of
    /// condition has its series here.
    pub(super) fn story<'t>(&'t self, when: &'t Condition) -> Option<Story<'t>> {
        Some(match when {
            Condition::Restarts { service, more_than, within } => {
                self.restarts(service, u64::from(*more_than), *within)?
            }
            Condition::CrashLoop => self.crash_loop()?,
            Condition::NotServing { service } => self.not_serving(service)?,
            Condition::Unhealthy => self.unhealthy()?,
            Condition::TargetDown => self.target_down()?,
            Condition::ServiceMemory { above } => self.service_memory(*above)?,
            Condition::MemoryUsed { above } => now(move |level| {
                self.hosts(
                    "node_memory_MemTotal_bytes",
                    level,
                    |_| true,
                    |level, target, host| {
                        let capacity = host.ram.usable.unwrap_or(host.ram.capacity).get();
                        let ledger = budget::ram(self.scenario, target.host, host, &self.active(target.host));
                        let used = used(level, &ledger, capacity, *above)?;
                        Some(vec![
                            series("node_memory_MemTotal_bytes", target, [], capacity),
                            series(
                                "node_memory_MemAvailable_bytes",
                                target,
                                [],
                                capacity.saturating_sub(used),
                            ),
                        ])
                    },
                )
            }),
            Condition::MemoryStalled { above } => {
                self.rate(&["node_pressure_memory_waiting_seconds_total"], |_| true, above.get().into(), 100)
            }
            Condition::SwapStorm { pages_per_second } => self.rate(
                &["node_vmstat_pswpin", "node_vmstat_pswpout"],
                has_swap,
                (*pages_per_second).into(),
                1,
            ),
            Condition::OomKill { within } => self.counts("node_vmstat_oom_kill", Vec::new(), *within, 0)?,
            Condition::SwapUsed { above } => now(move |level| {
                self.hosts("node_memory_SwapFree_bytes", level, has_swap, |level, target, host| {
                    let size = host.swap.as_ref()?.size.get();
                    let (short, past) = around(size, above.get().into());
                    let used = level.of([0, short, past]);
                    Some(vec![
                        series("node_memory_SwapFree_bytes", target, [], size.saturating_sub(used)),
                        series("node_memory_SwapTotal_bytes", target, [], size),
                    ])
                })
            }),
            Condition::SwapMissing => now(move |level| {
                self.hosts("node_memory_SwapTotal_bytes", level, has_swap, |level, target, host| {
                    let size = host.swap.as_ref()?.size.get();
                    let (past, short) = around(size, SWAP_LEAST.into());
                    let there = level.of([size, short, past]);
                    Some(vec![series("node_memory_SwapTotal_bytes", target, [], there)])
                })
            }),
            Condition::GpuLost => self.gpu_lost()?,
            Condition::GpuXid => self.xid()?,
            Condition::GpuHot { above } => {
                self.gpu_gauge("DCGM_FI_DEV_GPU_TEMP", [50, (*above).into(), u64::from(*above) + 1])
            }
            Condition::GpuThrottled => self.throttled()?,
            Condition::GpuRowRemapFailed => self.gpu_gauge("DCGM_FI_DEV_ROW_REMAP_FAILURE", [0, 0, 1]),
            Condition::MemoryUncorrectable { within } => {
                let controller = vec![("controller", "0".to_owned())];
                self.counts("node_edac_uncorrectable_errors_total", controller, *within, 0)?
            }
            Condition::MemoryCorrectable { more_than, within } => {
                let controller = vec![("controller", "0".to_owned())];
                self.counts("node_edac_correctable_errors_total", controller, *within, u64::from(*more_than))?
            }
            Condition::ClockUnsynchronized => now(move |level| {
                self.hosts(
                    "node_timex_sync_status",
                    level,
                    |_| true,
                    |level, target, _| {
                        let error = level.of([0, CLOCK_ERROR - 1, CLOCK_ERROR]);
                        Some(vec![
                            series("node_timex_sync_status", target, [], u64::from(level == Level::Planned)),
                            series("node_timex_maxerror_seconds", target, [], error),
                        ])
                    },
                )
            }),
            Condition::NotificationsFailed => {
                let labels = vec![("integration", "webhook".to_owned()), ("reason", "other".to_owned())];
                self.counts("alertmanager_notifications_failed_total", labels, RECENT, 0)?
            }
            Condition::NotificationsDropped => {
                self.counts("prometheus_notifications_dropped_total", Vec::new(), RECENT, 0)?
            }
            Condition::RuleFailures => {
                let group = self.scenario.deployment().monitoring.as_ref()?.group.to_string();
                let labels = vec![("rule_group", group)];
                self.counts("prometheus_rule_evaluation_failures_total", labels, RECENT, 0)?
            }
            Condition::VramUsed { above } => now(move |level| {
                self.gpus("DCGM_FI_DEV_FB_USED", level, |level, target, gpu, ledger| {
                    let capacity = ledger.usable.mebibytes();
                    let used = match level {
                        Level::Planned => used(level, ledger, ledger.usable.get(), *above)? >> 20,
                        Level::Short => around(capacity, above.get().into()).0,
                        Level::Past => around(capacity, above.get().into()).1,
                    };
                    Some(vec![
                        series("DCGM_FI_DEV_FB_USED", target, gpu.clone(), used),
                        series("DCGM_FI_DEV_FB_FREE", target, gpu.clone(), capacity.saturating_sub(used)),
                        series("DCGM_FI_DEV_FB_RESERVED", target, gpu, 0),
                    ])
                })
            }),
            Condition::DiskLow { below } => self.share_left(
                ["node_filesystem_avail_bytes", "node_filesystem_size_bytes"],
                *below,
                |disk| disk.size,
                |disk| disk.free,
            ),
            // Nobody plans inodes: all are free.
            Condition::InodesLow { below } => self.share_left(
                ["node_filesystem_files_free", "node_filesystem_files"],
                *below,
                |disk| disk.size / BYTES_PER_INODE,
                |disk| disk.size / BYTES_PER_INODE,
            ),
            Condition::DiskReadOnly => now(move |level| {
                (level != Level::Short).then_some(())?;
                self.disks("node_filesystem_readonly", level, |level, target, disk| {
                    let read_only = u64::from(level == Level::Past);
                    Some(vec![series("node_filesystem_readonly", target, disk.labels(), read_only)])
                })
            }),
            Condition::DiskPredictedFull { within } => self.predicted_full(*within),
            Condition::Watchdog => now(|level| (level == Level::Past).then(Vec::new)),
            // Every other alert's metrics are its series; the author's PromQL has the author's cases.
            Condition::MetricMissing | Condition::Promql(_) => return None,
        })
    }

    fn active(&self, host: &HostName) -> running::Running<'a> {
        running::active(self.scenario, host)
    }

    /// The series of each host that a condition is about. The first is at the level, the others are as planned.
    fn hosts<'t>(
        &'t self,
        metric: &str,
        level: Level,
        concerned: impl Fn(&Host) -> bool,
        mut series: impl FnMut(Level, &Target<'a>, &Host) -> Option<Vec<Series>>,
    ) -> Option<Vec<Series>> {
        let exports = |target: &&Target<'a>| target.exports(self.scenario, metric).is_some();
        let host =
            |target: &'t Target<'a>| Some((target, self.scenario.deployment().hosts.get(target.host)?));
        let hosts = self.targets.iter().filter(exports).filter_map(host);
        let mut hosts = hosts.filter(|(_, host)| concerned(host));
        let (target, first) = hosts.next()?;
        let first = series(level, target, first)?;
        let others = hosts.filter_map(|(target, host)| series(Level::Planned, target, host));
        Some(first.into_iter().chain(others.flatten()).collect())
    }

    /// The series of each GPU, with its labels and its ledger. The first is at the level, the others are as planned.
    fn gpus(
        &self,
        metric: &str,
        level: Level,
        series: impl Fn(Level, &Target<'a>, Vec<(&'static str, String)>, &Ledger) -> Option<Vec<Series>>,
    ) -> Option<Vec<Series>> {
        self.hosts(
            metric,
            level,
            |host| !host.gpus.is_empty(),
            |level, target, host| {
                let ledgers = budget::vram(self.scenario, target.host, host, &self.active(target.host));
                let mut all = Vec::new();
                for (i, (gpu, ledger)) in ledgers.iter().enumerate() {
                    let spec = host.gpus.get(*gpu)?;
                    let uuid = spec.uuid.as_ref().map(|uuid| ("UUID", uuid.to_string()));
                    let labels = [("gpu", i.to_string()), ("modelName", spec.model.to_string())];
                    let labels = labels.into_iter().chain(uuid).collect();
                    let level = if i == 0 { level } else { Level::Planned };
                    match series(level, target, labels, ledger) {
                        Some(series) => all.extend(series),
                        None if i == 0 => return None,
                        None => {}
                    }
                }
                Some(all)
            },
        )
    }

    /// Counters whose rates are a thousandth short of a threshold or past it. A rate is what it is when the first sample is
    /// at most one scrape younger than its window.
    /// <https://prometheus.io/docs/prometheus/latest/querying/functions/#rate>
    fn rate<'t>(
        &'t self,
        metrics: &'t [&'static str],
        concerned: impl Fn(&Host) -> bool + Copy + 't,
        threshold: u64,
        parts: u64,
    ) -> Story<'t> {
        // What a counter that is near zero has grown is not extrapolated.
        const BEFORE: u64 = 1_000_000;
        let slope = move |thousandths: u64| {
            let all = u128::from(threshold) * u128::from(self.interval) * u128::from(thousandths);
            let unit = u128::from(parts) * 1000;
            let decimals = unit.to_string().len() - 1;
            let step = format!("{}.{:0decimals$}", all / unit, all % unit);
            Values::Slope(BEFORE, format!("+{}", step.trim_end_matches('0').trim_end_matches('.')))
        };
        // What holds for several counters does not for all but one of them.
        let only_some = (metrics.len() > 1).then(|| {
            self.hosts(metrics.first()?, Level::Past, concerned, |level, target, _| {
                let values =
                    |i| if i > 0 && level == Level::Past { slope(1001) } else { Values::always(BEFORE) };
                let series = metrics.iter().enumerate();
                Some(series.map(|(i, metric)| series_of(metric, target, [], values(i))).collect())
            })
        });
        let settles = self.scrapes(RECENT).saturating_sub(1).max(1);
        let also = only_some.flatten().map(|series| {
            let name = format!("silent when {} does not change", metrics.first().unwrap_or(&""));
            Also::silent(name, self.settled(settles).max(self.scrapes(RECENT) * 2), series)
        });
        Story {
            settles,
            looks_back: RECENT,
            also: also.into_iter().collect(),
            ..now(move |level| {
                self.hosts(metrics.first()?, level, concerned, |level, target, _| {
                    let values = || match level {
                        Level::Planned => Values::always(BEFORE),
                        Level::Short => slope(999),
                        Level::Past => slope(1001),
                    };
                    Some(metrics.iter().map(|metric| series_of(metric, target, [], values())).collect())
                })
            })
        }
    }

    /// A disk that fills from scrape to scrape. Two samples are a line.
    fn predicted_full<'t>(&'t self, within: Duration) -> Story<'t> {
        let seen = seen_for(within);
        let settles = self.scrapes(seen);
        let series = move |level, fires| {
            self.disks("node_filesystem_avail_bytes", level, |level, target, disk| {
                let free = disk.free.max(1);
                let ahead = self.scrapes(within).max(1);
                let written = free.div_ceil(ahead);
                let left = |scrapes| Values::Slope(written * scrapes, format!("-{written}"));
                let values = match level {
                    Level::Planned => Values::always(free),
                    Level::Short => left(ahead + fires + 2),
                    Level::Past => left(ahead),
                };
                Some(vec![series_of("node_filesystem_avail_bytes", target, disk.labels(), values)])
            })
        };
        let early = settles.saturating_sub(1);
        let also = series(Level::Past, early).map(|series| {
            Also::silent(format!("silent while it has been seen for less than {seen}"), early, series)
        });
        Story { settles, looks_back: seen, series: Box::new(series), also: also.into_iter().collect() }
    }

    /// A share of a disk that is left: the metric of what is left and that of the whole, and how much of them there is as planned.
    fn share_left<'t>(
        &'t self,
        [left, whole]: [&'static str; 2],
        below: Percent,
        all: impl Fn(&Disk<'_>) -> u64 + 't,
        planned: impl Fn(&Disk<'_>) -> u64 + 't,
    ) -> Story<'t> {
        now(move |level| {
            self.disks(left, level, |level, target, disk| {
                let (all, planned) = (all(disk), planned(disk));
                let (past, short) = around(all, below.get().into());
                // An alert that rings when all is as planned, which another rule warns about, has no such level.
                let value = match level {
                    Level::Planned => Some(planned).filter(|planned| *planned > short)?,
                    Level::Short => short,
                    Level::Past => past,
                };
                Some(vec![
                    series(left, target, disk.labels(), value),
                    series(whole, target, disk.labels(), all),
                ])
            })
        })
    }

    /// The series of each file system that the deployment writes to. The first is at the level, the others are as planned.
    fn disks<'t>(
        &'t self,
        metric: &str,
        level: Level,
        series: impl Fn(Level, &Target<'a>, &Disk<'_>) -> Option<Vec<Series>>,
    ) -> Option<Vec<Series>> {
        let mut first = true;
        self.hosts(
            metric,
            level,
            |_| true,
            |level, target, host| {
                let mut all = Vec::new();
                for disk in budget::file_systems(self.scenario, target.host, host) {
                    let first = std::mem::take(&mut first);
                    let level = if first { level } else { Level::Planned };
                    match series(level, target, &Disk::of(disk)) {
                        Some(series) => all.extend(series),
                        None if first => return None,
                        None => {}
                    }
                }
                Some(all)
            },
        )
    }

    /// A pod that waits after crashes, and a container that starts again and again.
    fn crash_loop(&self) -> Option<Story<'_>> {
        let containers = self.starts_again();
        let Some(mut pods) = self.pod_crashes() else { return containers };
        // Each case has what the expression reads.
        if let Some(containers) = containers {
            let (starts, waits) = ((containers.series)(Level::Past, 0), (pods.series)(Level::Short, 0));
            let fires = self.settled(containers.settles);
            pods.also.extend(starts.zip(waits).map(|(starts, waits)| Also {
                name: "fires when a container on Docker Compose starts again and again".to_owned(),
                series: starts.into_iter().chain(waits).collect(),
                moments: vec![(containers.settles.saturating_sub(1), false), (fires, true)],
            }));
        }
        Some(pods)
    }

    /// A container on Docker Compose that starts once more than is fine, again and again.
    fn starts_again(&self) -> Option<Story<'_>> {
        let (name, service) =
            self.services_seen(Runtime::Compose).next().map(|(name, service, _)| (name, service))?;
        let (fine, within) = STARTS;
        let every = (self.scrapes(within) / (fine + 1)).max(1);
        Some(Story {
            settles: every * (fine + 1),
            looks_back: within,
            ..now(move |level| {
                let most = match level {
                    Level::Planned => 0,
                    Level::Short => fine,
                    Level::Past => u64::MAX,
                };
                self.started(name, service, every, most).map(|series| vec![series])
            })
        })
    }

    /// Since when a container runs that starts anew every so many scrapes, so often at most.
    fn started(&self, name: &ServiceName, service: &Service, every: u64, most: u64) -> Option<Series> {
        let target = watcher(self.scenario, service)?;
        let started = move |scrape: u64| Some((scrape / every).min(most) * every);
        Some(series_of(CONTAINER_STARTED, target, self.compose(name), Values::Each(Box::new(started))))
    }

    /// What cAdvisor calls a container of Compose's.
    fn compose(&self, name: &ServiceName) -> [(&'static str, String); 3] {
        let project = self.scenario.deployment().name.to_string();
        [("name", name.to_string()), (COMPOSE_PROJECT, project), (COMPOSE_SERVICE, name.to_string())]
    }

    /// The services that run so and that a cAdvisor looks at.
    fn services_seen(
        &self,
        runtime: Runtime,
    ) -> impl Iterator<Item = (&'a ServiceName, &'a Service, &'s Target<'a>)> {
        let scenario = self.scenario;
        let here = scenario.active().filter(move |(_, service)| scenario.runtime(service) == runtime);
        here.filter_map(move |(name, service)| Some((name, service, watcher(scenario, service)?)))
    }

    /// What the first service holds of its limit, which is at the level, and what the others hold, as planned. A container is known by
    /// Compose's labels. A pod is known by its uid, under which another exporter has its name.
    fn service_memory(&self, above: Percent) -> Option<Story<'_>> {
        let planned = |service: &Service| {
            service.memory.values().fold(Bytes::ZERO, |sum, &part| sum.checked_add(part).unwrap_or(sum))
        };
        let held = move |service: &Service, level| {
            let (short, past) = around(service.memory_limit.get(), above.get().into());
            Some(match level {
                Level::Planned => Some(planned(service).get()).filter(|planned| *planned <= short)?,
                Level::Short => short,
                Level::Past => past,
            })
        };
        let memory = |target: &Target<'a>, labels: Vec<(&'static str, String)>, held, limit: Bytes| {
            [
                series(WORKING_SET, target, labels.clone(), held),
                series(MEMORY_LIMIT, target, labels, limit.get()),
            ]
        };
        let containers = move |level| -> Option<Vec<Series>> {
            let mut all = Vec::new();
            for (i, (name, service, target)) in self.services_seen(Runtime::Compose).enumerate() {
                let Some(held) = held(service, if i == 0 { level } else { Level::Planned }) else {
                    if i == 0 {
                        return None;
                    }
                    continue;
                };
                all.extend(memory(target, self.compose(name).into(), held, service.memory_limit));
            }
            Some(all)
        };
        let names = self.targets.exporting(self.scenario, "kube_pod_status_phase");
        let pods = move |level| -> Option<Vec<Series>> {
            let mut all = Vec::new();
            for (i, (name, service, target)) in self.services_seen(Runtime::Kubernetes).enumerate() {
                let Some(held) = held(service, if i == 0 { level } else { Level::Planned }) else {
                    if i == 0 {
                        return None;
                    }
                    continue;
                };
                let uid = format!("{:08x}-0000-4000-8000-000000000000", i + 1);
                // systemd's names have no dashes, and the kubelet's own have.
                let by_systemd = i % 2 == 0;
                let group = if by_systemd {
                    let slice = "/kubepods.slice/kubepods-burstable.slice/kubepods-burstable";
                    format!("{slice}-pod{}.slice", uid.replace('-', "_"))
                } else {
                    format!("/kubepods/burstable/pod{uid}")
                };
                let phase = [
                    ("namespace", self.scenario.namespace(&service.zone)?.to_string()),
                    ("pod", format!("{name}-0")),
                    ("uid", uid),
                    ("phase", "Running".to_owned()),
                ];
                all.push(series("kube_pod_status_phase", names?, phase, 1));
                // Its one container holds as much.
                for id in [group.clone(), format!("{group}/cri-containerd-0.scope")] {
                    all.extend(memory(target, vec![("id", id)], held, service.memory_limit));
                }
            }
            Some(all)
        };
        let on_compose = self.services_seen(Runtime::Compose).next().is_some();
        let both = move |containers_level, pods_level| -> Option<Vec<Series>> {
            let (containers, pods) = (containers(containers_level)?, pods(pods_level)?);
            let pods_first = containers_level == Level::Planned && pods_level == Level::Past;
            let [first, second] = if pods_first { [pods, containers] } else { [containers, pods] };
            Some(first.into_iter().chain(second).collect())
        };
        if !on_compose {
            self.services_seen(Runtime::Kubernetes).next()?;
            return Some(now(pods));
        }
        let a_pod = self.services_seen(Runtime::Kubernetes).next().and_then(|(name, ..)| {
            let series = both(Level::Planned, Level::Past)?;
            Some(Also {
                name: format!("fires for the pod of {name}"),
                series,
                moments: vec![(self.settled(0), true)],
            })
        });
        Some(Story { also: a_pod.into_iter().collect(), ..now(move |level| both(level, Level::Planned)) })
    }

    fn pod_crashes(&self) -> Option<Story<'_>> {
        const METRIC: &str = "kube_pod_container_status_waiting_reason";
        let target = self.targets.exporting(self.scenario, METRIC)?;
        let kubernetes = |(_, service): &(_, &_)| self.scenario.runtime(service) == Runtime::Kubernetes;
        let (name, service) = self.scenario.active().find(kubernetes)?;
        let container = self.container(name, service, self.scenario.namespace(&service.zone)?.to_string());
        // It waits at one scrape, and runs at the others.
        let every = self.scrapes(RECENT).max(2) - 1;
        let waits = move |reason: &str| {
            let values = Values::Each(Box::new(move |scrape| (scrape % every == 0).then_some(1)));
            let labels = container.iter().cloned().chain([("reason", reason.to_owned())]);
            series_of(METRIC, target, labels.collect::<Vec<_>>(), values)
        };
        Some(Story {
            looks_back: RECENT,
            ..now(move |level| {
                Some(match level {
                    Level::Planned => Vec::new(),
                    Level::Short => vec![waits("ContainerCreating")],
                    Level::Past => vec![waits("CrashLoopBackOff")],
                })
            })
        })
    }

    fn not_serving(&self, name: &ServiceName) -> Option<Story<'_>> {
        const METRIC: &str = "kube_deployment_status_replicas_ready";
        let (name, service) = self.scenario.service(name)?;
        let (metric, target, labels) = match self.scenario.runtime(service) {
            Runtime::Kubernetes => {
                let namespace = self.scenario.namespace(&service.zone)?.to_string();
                let deployment =
                    vec![("namespace", namespace), ("deployment", service.workload(name).to_owned())];
                (METRIC, self.targets.exporting(self.scenario, METRIC)?, deployment)
            }
            Runtime::Compose => ("up", self.targets.get(name)?, Vec::new()),
        };
        Some(now(move |level| {
            let serves = u64::from(level == Level::Planned);
            (level != Level::Short).then(|| vec![series(metric, target, labels.clone(), serves)])
        }))
    }

    fn unhealthy(&self) -> Option<Story<'_>> {
        let prober = self.scenario.deployment().monitoring.as_ref()?.prober.as_ref();
        let probe = move |probe: Probe<'a>| {
            let (name, service, prober) = (probe.name, probe.service, prober?);
            let series = move |values| {
                let scraped = [("job", probe_job(prober)), ("instance", probe.target.clone())];
                let added = probe.labels().map(|(name, value)| (name, value.to_owned()));
                let labels = scraped.into_iter().chain(added).collect();
                Series { metric: "probe_success".to_owned(), labels, values }
            };
            Some(Watched { name, service, series: Box::new(series) })
        };
        let mut watched: Vec<_> = probes(self.scenario).into_iter().filter_map(probe).collect();
        let pods = self.scenario.active().filter(|(name, service)| {
            self.scenario.runtime(service) == Runtime::Kubernetes && watched.iter().all(|it| it.name != *name)
        });
        let pods: Vec<_> = pods.filter_map(|(name, service)| self.pods_ready(name, service)).collect();
        watched.extend(pods);
        self.down(watched, false)
    }

    fn target_down(&self) -> Option<Story<'_>> {
        let watched = self.targets.iter().map(|target| Watched {
            name: target.name,
            service: target.service,
            series: Box::new(move |values| series_of("up", target, [], values)),
        });
        self.down(watched.collect(), true)
    }

    /// The pods of a service that are ready.
    fn pods_ready(&self, name: &'a ServiceName, service: &'a Service) -> Option<Watched<'_>> {
        const METRIC: &str = "kube_deployment_status_replicas_ready";
        let target = self.targets.exporting(self.scenario, METRIC)?;
        let namespace = self.scenario.namespace(&service.zone)?.to_string();
        let labels = [("namespace", namespace), ("deployment", service.workload(name).to_owned())];
        let series = move |values| series_of(METRIC, target, labels.clone(), values);
        Some(Watched { name, service, series: Box::new(series) })
    }

    /// One service that is down, beside the others if they are wanted. What loads for longer than the alert waits is silent
    /// for as long.
    fn down<'t>(&'t self, watched: Vec<Watched<'t>>, with_others: bool) -> Option<Story<'t>> {
        let beyond = |it: &Watched<'_>| it.service.loads_beyond(self.lasting);
        let beside = move |watched: &[Watched<'t>], subject: usize, values| -> Vec<Series> {
            let others = watched.iter().enumerate().filter(|(i, _)| with_others && *i != subject);
            let others = others.map(|(_, it)| (it.series)(Values::always(1)));
            watched.get(subject).map(|it| (it.series)(values)).into_iter().chain(others).collect()
        };
        let subject = watched.iter().position(|it| beyond(it).is_none()).unwrap_or(0);
        let looks_back = beyond(watched.get(subject)?).unwrap_or_default();
        let slow = watched.iter().enumerate().find(|(i, it)| *i != subject && beyond(it).is_some());
        let also = slow.and_then(|(i, it)| {
            let (load, beyond) = (it.service.load_time?, beyond(it)?);
            let name = it.name;
            let loads = Values::Each(Box::new(|scrape| Some(u64::from(scrape == 0))));
            let fires = self.settled(self.scrapes(beyond) + 1);
            let (most, all) = (self.scrapes(load) * 4 / 5, self.scrapes(load).saturating_sub(1));
            Some(Also {
                name: format!("silent while {name} loads, fires when it is down for longer than {load}"),
                series: beside(&watched, i, loads),
                moments: vec![(most, false), (all, false), (fires, true)],
            })
        });
        Some(Story {
            settles: self.scrapes(looks_back),
            looks_back,
            also: also.into_iter().collect(),
            ..now(move |level| {
                let is_up = u64::from(level == Level::Planned);
                (level != Level::Short).then(|| beside(&watched, subject, Values::always(is_up)))
            })
        })
    }

    /// The first service sees no GPU, the others all of theirs; and nobody has looked.
    fn gpu_lost(&self) -> Option<Story<'_>> {
        let hosts = self.scenario.deployment().hosts.keys();
        let hosts: Vec<_> =
            hosts.filter_map(|host| Some((host, gpus::gpu_watch(self.scenario, host)?))).collect();
        let interval = self.interval;
        let written = move |target: &Target<'a>, looks: bool| {
            let file = [("file", format!("{}/{}", gpus::FOLDER, gpus::FILE))];
            let time = move |scrape: u64| Some(if looks { scrape * interval } else { 0 });
            series_of(gpus::WRITTEN, target, file, Values::Each(Box::new(time)))
        };
        let seen = {
            let hosts = hosts.clone();
            move |level| {
                let mut all = Vec::new();
                for (host, target) in &hosts {
                    for (service, _, count) in gpus::gpu_services(self.scenario, host) {
                        let lost = level == Level::Past && all.is_empty();
                        let count = if lost { 0 } else { u64::try_from(count).unwrap_or(u64::MAX) };
                        all.push(series(gpus::SEEN, target, [("service", service.to_string())], count));
                    }
                }
                all
            }
        };
        let (_, first) = *hosts.first()?;
        let stale = self.scrapes(gpus::HOLDS) + 1;
        let nobody_looks = Also {
            name: format!("fires when nobody has looked for {}", gpus::HOLDS),
            series: [vec![written(first, false)], seen(Level::Planned)].into_iter().flatten().collect(),
            moments: vec![(stale - 1, false), (self.settled(stale), true)],
        };
        Some(Story {
            also: vec![nobody_looks],
            ..now(move |level| {
                (level != Level::Short).then_some(())?;
                let looked = hosts.iter().map(|(_, target)| written(target, true));
                Some(seen(level).into_iter().chain(looked).collect())
            })
        })
    }

    /// An error of another code than the last one's. The code is a label as well, so that it comes in a series of its own.
    fn xid(&self) -> Option<Story<'_>> {
        const METRIC: &str = "DCGM_FI_DEV_XID_ERRORS";
        const FALLEN_OFF_THE_BUS: u64 = 79;
        let last = |level| {
            self.gpus(METRIC, level, |level, target, gpu, _| {
                let shown = |code: u64, since: u64, before: u64| {
                    let labels = gpu.iter().cloned().chain([("err_code", code.to_string())]);
                    let values = move |scrape| (since..before).contains(&scrape).then_some(code);
                    series_of(METRIC, target, labels.collect::<Vec<_>>(), Values::Each(Box::new(values)))
                };
                Some(match level {
                    Level::Planned => vec![shown(0, 0, u64::MAX)],
                    Level::Short => return None,
                    Level::Past => vec![shown(FALLEN_OFF_THE_BUS, 1, u64::MAX), shown(0, 0, 1)],
                })
            })
        };
        let noted = noted(self.lasting);
        let also = last(Level::Past).map(|series| Also {
            name: format!(
                "fires for an error, and is silent {noted} later although the metric still shows it"
            ),
            series,
            moments: vec![(self.settled(1), true), (self.scrapes(noted) + 2, false)],
        });
        Some(Story { settles: 1, also: also.into_iter().collect(), ..now(last) })
    }

    /// Clocks that are lowered, and those that only keep to the GPU's own power limit.
    fn throttled(&self) -> Option<Story<'_>> {
        let [_, reason, ..] = THROTTLED;
        Some(now(move |level| {
            self.gpus(CLOCK_EVENTS, level, |level, target, gpu, _| {
                let reason = level.of(["gpu_idle", "power_cap", reason]);
                let labels = gpu.into_iter().chain([("clock_event", reason.to_owned())]);
                Some(vec![series(CLOCK_EVENTS, target, labels, 10)])
            })
        }))
    }

    /// A gauge of each GPU, at each level.
    fn gpu_gauge(&self, metric: &'static str, levels: [u64; 3]) -> Story<'_> {
        let [planned, short, past] = levels;
        let levels = [planned.min(short), short, past];
        now(move |level| {
            (level != Level::Short || planned != short).then_some(())?;
            self.gpus(metric, level, |level, target, gpu, _| {
                Some(vec![series(metric, target, gpu, level.of(levels))])
            })
        })
    }

    /// A counter of what may happen so many times within a time: twice in that time it counts on.
    fn counts(
        &self,
        metric: &'static str,
        labels: Vec<(&'static str, String)>,
        within: Duration,
        more_than: u64,
    ) -> Option<Story<'_>> {
        let every = (self.scrapes(within) / 2).max(1);
        let few = more_than / 3;
        Some(Story {
            settles: every,
            looks_back: within,
            ..now(move |level| {
                (level != Level::Short || few > 0).then_some(())?;
                self.hosts(
                    metric,
                    level,
                    |_| true,
                    |level, target, _| {
                        let step = level.of([0, few, more_than + 1]);
                        let counted = move |scrape| Some(scrape / every * step);
                        Some(vec![series_of(metric, target, labels.clone(), Values::Each(Box::new(counted)))])
                    },
                )
            })
        })
    }

    /// A service that starts again and again, so often that just one restart too many is always seen.
    fn restarts(&self, name: &ServiceName, more_than: u64, within: Duration) -> Option<Story<'_>> {
        const METRIC: &str = "kube_pod_container_status_restarts_total";
        let (name, service) = self.scenario.service(name)?;
        let kubernetes = self.scenario.runtime(service) == Runtime::Kubernetes;
        let watched = (!kubernetes).then(|| watcher(self.scenario, service)).flatten();
        let target = match kubernetes {
            true => self.targets.exporting(self.scenario, METRIC)?,
            false => watched.or_else(|| self.targets.get(name))?,
        };
        let compose = self.compose(name);
        let namespace = self.scenario.namespace(&service.zone).map(|namespace| namespace.to_string());
        // A restart every so many scrapes, and so many in all.
        let restarting = move |every: u64, most: u64| {
            let restarts = move |scrape: u64| (scrape / every).min(most);
            match kubernetes {
                true => {
                    let container = self.container(name, service, namespace.clone().unwrap_or_default());
                    series_of(
                        METRIC,
                        target,
                        container,
                        Values::Each(Box::new(move |now| Some(restarts(now)))),
                    )
                }
                false if watched.is_some() => {
                    let started = move |scrape| Some(restarts(scrape) * every);
                    let labels = compose.clone();
                    series_of(CONTAINER_STARTED, target, labels, Values::Each(Box::new(started)))
                }
                false if target.says_when_it_started(self.scenario) => {
                    let started = move |scrape| Some(restarts(scrape) * every);
                    series_of(STARTED, target, [], Values::Each(Box::new(started)))
                }
                false => {
                    let down = move |scrape: u64| {
                        scrape.is_multiple_of(every) && (1..=most).contains(&(scrape / every))
                    };
                    series_of(
                        "up",
                        target,
                        [],
                        Values::Each(Box::new(move |now| Some(u64::from(!down(now))))),
                    )
                }
            }
        };
        let too_many = more_than + 1;
        let every = (self.scrapes(within) / too_many).max(1);
        // `increase` extrapolates to the ends of its window: as many restarts as are fine may count as a little more.
        let fine = if kubernetes { more_than.saturating_sub(1) } else { more_than };
        let slow = service.load_time.filter(|load| load.secs().saturating_mul(too_many) > within.secs());
        let settles = every * too_many;
        let also = slow.map(|load| {
            let each = self.scrapes(load).max(1);
            let name = format!("silent when each start fails after {load}");
            let scrape = self.settled(settles).max(each * (too_many + 1));
            Also::silent(name, scrape, vec![restarting(each, u64::MAX)])
        });
        Some(Story {
            settles,
            looks_back: within,
            also: also.into_iter().collect(),
            ..now(move |level| {
                Some(vec![match level {
                    Level::Planned => restarting(u64::MAX, 0),
                    Level::Short => restarting(every, fine),
                    Level::Past => restarting(every, u64::MAX),
                }])
            })
        })
    }

    /// The labels of a container of a Deployment; a pod's own name is made up by Kubernetes.
    fn container(
        &self,
        name: &ServiceName,
        service: &Service,
        namespace: String,
    ) -> Vec<(&'static str, String)> {
        vec![
            ("namespace", namespace),
            ("pod", format!("{}-0", service.workload(name))),
            ("uid", "0".to_owned()),
            ("container", service.container(name).to_owned()),
        ]
    }
}

/// A condition about what is there at the moment.
fn now<'s>(series: impl Fn(Level) -> Option<Vec<Series>> + 's) -> Story<'s> {
    Story {
        settles: 0,
        looks_back: Duration::default(),
        series: Box::new(move |level, _| series(level)),
        also: Vec::new(),
    }
}

fn series(
    metric: &str,
    target: &Target<'_>,
    labels: impl IntoIterator<Item = (&'static str, String)>,
    value: u64,
) -> Series {
    series_of(metric, target, labels, Values::always(value))
}

fn series_of(
    metric: &str,
    target: &Target<'_>,
    labels: impl IntoIterator<Item = (&'static str, String)>,
    values: Values,
) -> Series {
    let scraped = [("job", target.name.to_string()), ("instance", target.address.clone())];
    let added = target.labels().map(|(name, value)| (name, value.to_owned()));
    let labels = scraped.into_iter().chain(added).chain(labels).collect();
    Series { metric: metric.to_owned(), labels, values }
}

fn has_swap(host: &Host) -> bool {
    host.swap.is_some()
}

/// A file system, as its series show it.
struct Disk<'d> {
    mount: &'d str,
    /// What it has room for, in bytes.
    size: u64,
    /// What is free as planned.
    free: u64,
}

/// The size of a file system of which the deployment does not say it: only shares of it count.
const ANY_SIZE: u64 = 64 << 30;

/// How many bytes there are for each inode: what `mkfs.ext4` makes by default.
const BYTES_PER_INODE: u64 = 16_384;

impl<'d> Disk<'d> {
    fn of(FileSystem { mount, ledger }: FileSystem<'d>) -> Self {
        match ledger {
            Some(ledger) => {
                let free = ledger.usable.saturating_sub(ledger.total());
                Self { mount, size: ledger.usable.get(), free: free.get() }
            }
            None => Self { mount, size: ANY_SIZE, free: ANY_SIZE },
        }
    }

    fn labels(&self) -> [(&'static str, String); 1] {
        [("mountpoint", self.mount.to_owned())]
    }
}

/// How much of a capacity is used. An alert that rings when all is as planned, which another rule warns about, has no such level.
fn used(level: Level, ledger: &Ledger, capacity: u64, above: Percent) -> Option<u64> {
    let (short, past) = around(capacity, above.get().into());
    match level {
        Level::Planned => Some(ledger.total().get()).filter(|planned| *planned <= short),
        Level::Short => Some(short),
        Level::Past => Some(past),
    }
}

/// What is just below a share of a whole, and what is just above.
fn around(whole: u64, percent: u64) -> (u64, u64) {
    let all = u128::from(whole) * u128::from(percent);
    let whole = |part: u128| u64::try_from(part).unwrap_or(u64::MAX);
    (whole(all / 100).saturating_sub(1), whole(all.div_ceil(100)).saturating_add(1))
}
