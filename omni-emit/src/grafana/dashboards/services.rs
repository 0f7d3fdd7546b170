//! Services: whether they answer, how often they restart, and how the models perform.

use omni_model::monitoring::exporters::COMPOSE_SERVICE;

use super::Watched;
use crate::grafana::dashboard::{Panel, unit};

pub(super) fn panels(watched: &Watched<'_, '_>) -> Vec<Panel> {
    let mut panels = Vec::new();
    if !watched.targets.is_empty() {
        panels.extend([
            Panel::number("Targets", unit::NUMBER).query("count(up)", ""),
            Panel::number("Targets down", unit::NUMBER)
                .alert_above([1.0])
                .query("count(up == 0) or vector(0)", ""),
            Panel::number("Alerts firing", unit::NUMBER)
                .alert_above([1.0])
                .query(r#"count(ALERTS{alertstate="firing",severity!="none"}) or vector(0)"#, ""),
            Panel::lines("Targets up", unit::NUMBER).max(1.0).query("up", "{{job}}"),
            Panel::lines("Changes of target state (per hour)", unit::NUMBER)
                .query("changes(up[1h])", "{{job}}"),
        ]);
    }
    if watched.has("cadvisor") {
        panels.push(Panel::lines("Starts of containers on Docker Compose (per hour)", unit::NUMBER).query(
            format!("changes(container_start_time_seconds{{{COMPOSE_SERVICE}!=\"\"}}[1h])"),
            format!("{{{{{COMPOSE_SERVICE}}}}}"),
        ));
    }
    if watched.has("kube-state-metrics") {
        panels.extend([
            Panel::lines("Restarts of containers (per hour)", unit::NUMBER).query(
                "increase(kube_pod_container_status_restarts_total[1h])",
                "{{namespace}} {{container}}",
            ),
            Panel::lines("Pods not ready", unit::NUMBER).query(
                "kube_deployment_spec_replicas - kube_deployment_status_replicas_ready",
                "{{namespace}} {{deployment}}",
            ),
            Panel::lines("Waiting containers", unit::NUMBER)
                .query("kube_pod_container_status_waiting_reason", "{{namespace}} {{container}} {{reason}}"),
        ]);
    }
    if watched.has("sglang") {
        panels.extend([
            Panel::lines("Tokens per second", unit::NUMBER).query("sglang:gen_throughput", "{{job}}"),
            Panel::lines("Requests", unit::NUMBER)
                .query("sglang:num_running_reqs", "{{job}} running")
                .query("sglang:num_queue_reqs", "{{job}} waiting"),
            Panel::lines("KV cache used", unit::SHARE).max(1.0).query("sglang:token_usage", "{{job}}"),
            Panel::lines("Time to first token (95th percentile)", unit::SECONDS).query(
                "histogram_quantile(0.95, sum by (job, le) (rate(sglang:time_to_first_token_seconds_bucket[5m])))",
                "{{job}}",
            ),
        ]);
    }
    if watched.has("llama-cpp") {
        panels.extend([
            Panel::lines("Tokens per second (llama.cpp)", unit::NUMBER)
                .query("llamacpp:predicted_tokens_seconds", "{{job}}"),
            Panel::lines("Requests (llama.cpp)", unit::NUMBER)
                .query("llamacpp:requests_processing", "{{job}} running")
                .query("llamacpp:requests_deferred", "{{job}} waiting"),
        ]);
    }
    panels
}
