//! Random endpoints in random trouble: every invariant holds after every event, whatever the rules are.

use super::play::Play;
use proptest::prelude::*;
use proptest::sample::select;
use walras::scenario::rules::Rules;
use walras::scenario::rules::serverless::{
    ActivePriceWhen, Binding, OnExecutionTimeout, Rollout, ScaleDown, TtlCovers, WakePlacement,
    WorkerRank, WorkersAtLine,
};
use walras::units::{Share, Span};

/// Something that is done at an instant.
pub(super) fn action() -> impl Strategy<Value = String> {
    let endpoint = || select(vec!["e", "f"]);
    let host = || select(vec!["h1", "h2", "h3"]);
    let job = (
        endpoint(),
        select(vec!["1s", "5s", "9.5s", "40s", "150s"]),
        select(vec!["", "lowPriority: true", "handler_error: true", "ttl: \"10s\"", "operation: runsync"]),
        select(vec![1, 1, 3]),
    )
        .prop_map(|(endpoint, takes, more, count)| {
            format!("SubmitJob(endpoint: \"{endpoint}\", execution: \"{takes}\", count: {count}, {more})")
        });
    let change = select(vec![
        "workers_min: 1",
        "workers_min: 0",
        "workers_max: 1",
        "workers_max: 4",
        "workers_min: 0, workers_max: 0",
        "workers_min: 0, workers_max: 0",
        "concurrency: 2",
        "concurrency: 1",
        "image_gb: 3",
        "idle_timeout: \"1s\"",
        "idle_timeout: \"20s\"",
        "scaler: RequestCount(2)",
        "scaler: QueueDelay(\"2s\")",
        "flashboot: true",
        "max_attempts: 1",
        "execution_timeout: \"8s\"",
    ]);
    let update = (endpoint(), change).prop_map(|(endpoint, change)| {
        format!("UpdateEndpoint(endpoint: \"{endpoint}\", {change})")
    });
    let of_endpoint = (select(vec!["PurgeQueue", "DeleteEndpoint"]), endpoint())
        .prop_map(|(what, endpoint)| format!("{what}(endpoint: \"{endpoint}\")"));
    // Mostly it is there, and this is refused.
    let create = endpoint().prop_map(|name| {
        format!(r#"CreateEndpoint(name: "{name}", gpus: "RTX A4000", image_gb: 5, workers_max: 2)"#)
    });
    let of_host = (select(vec!["HostDown", "HostUp", "NetworkDown", "NetworkUp"]), host())
        .prop_map(|(what, host)| format!("{what}(host: \"{host}\")"));
    let money = select(vec!["Deposit(amount: 10)", "Adjust(amount: -5)", "Adjust(amount: -100)"]);
    prop_oneof![
        8 => job,
        3 => update,
        2 => of_endpoint,
        2 => create,
        3 => of_host,
        2 => money.prop_map(str::to_owned),
    ]
}

/// Rules that differ.
pub(super) const RULES: [fn(&mut Rules); 18] = [
    |rules| rules.serverless.rollout = Rollout::Batch,
    |rules| rules.serverless.rollout = Rollout::Lazy,
    |rules| rules.serverless.wake_placement = WakePlacement::BoundOnly,
    |rules| rules.serverless.wake_placement = WakePlacement::Anywhere,
    |rules| rules.serverless.binding = Binding::Early,
    |rules| rules.serverless.scale_down = ScaleDown::AtOnce,
    |rules| rules.serverless.worker_rank = WorkerRank::PodsFirst,
    |rules| rules.serverless.worker_rank = WorkerRank::ActiveFirst,
    |rules| rules.serverless.active_price_when = ActivePriceWhen::NotWorking,
    |rules| rules.serverless.workers_at_line = WorkersAtLine::Stop,
    |rules| rules.serverless.on_execution_timeout = OnExecutionTimeout::KeepWorker,
    |rules| rules.serverless.ttl_covers = TtlCovers::Life,
    |rules| rules.serverless.crash_probability = Share::from_billionths(300_000_000),
    |rules| rules.serverless.worker_loss_detection = Span::from_seconds(7),
    |rules| rules.serverless.scaler_period = Span::from_seconds(3),
    |rules| rules.serverless.retry_handler_error = true,
    |rules| rules.serverless.prewarm = false,
    |rules| rules.serverless.extra_workers = 0,
];

/// A host event, or a pod of somebody else's, is no endpoint's.
fn is_of_platform(action: &str) -> bool {
    action.starts_with("Host") || action.starts_with("Network")
}

fn stormed(actions: &[(u32, String)], rules: &[usize], (gpus, balance): (u32, &str)) -> Play {
    let mut play = Play::new("")
        .endpoint("f", "scaler: RequestCount(1), workers_min: 1, concurrency: 2")
        .hosts(3, gpus)
        .accounts(&format!("(name: \"a\", balance: {balance}), (name: \"b\", balance: 1000),"))
        .horizon("400s");
    for rule in rules {
        play = play.rule(RULES[*rule]);
    }
    let spot = "CreateSpotPod(name: \"s\", gpuTypeId: \"NVIDIA RTX A4000\", cloudType: SECURE, bidPerGpu: 0.34, patience: None)";
    let pod = "CreatePod(name: \"p\", gpuTypeId: \"NVIDIA RTX A4000\", cloudType: SECURE, patience: None)";
    play = play.act_as("b", "3", spot).act_as("b", "20", pod).act_as(
        "b",
        "90",
        "TerminatePod(podId: \"p\")",
    );
    for (quarter, action) in actions {
        let at = format!("{}.{:02}", quarter / 4, quarter % 4 * 25);
        play =
            if is_of_platform(action) { play.platform(&at, action) } else { play.act(&at, action) };
    }
    play
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 40, ..ProptestConfig::default() })]

    /// SLS-16, SLS-49, JOB-07. States change only as the table has it, sums are those of slots, requests are
    /// somewhere; every request that was accepted ends once, or is alive at the horizon.
    #[test]
    fn sls_16_sls_49_invariants_hold_in_a_storm(
        actions in proptest::collection::vec((0..1200_u32, action()), 5..60),
        rules in proptest::collection::vec(0..RULES.len(), 0..4),
        gpus in 1..4_u32,
        // Some come to the line with the first job, some later.
        balance in select(vec!["0.1", "0.13", "0.2", "0.5", "1000"]),
    ) {
        let told = stormed(&actions, &rules, (gpus, balance)).told();
        let ends = told.ended.iter().map(|(_, end)| end.request);
        let distinct: std::collections::BTreeSet<_> = ends.clone().collect();
        prop_assert_eq!(ends.count(), distinct.len());
        prop_assert_eq!(distinct.len(), told.accepted);
        for row in &told.stopped {
            let Some(woken) = row.woken else { continue };
            let ready = row.ready.unwrap_or(woken);
            prop_assert!(woken <= ready && row.asked <= woken);
        }
    }
}
