//! Cases S39 to S44: what read operations answer, rates, payload, results, webhooks.

use super::play::Play;
use walras::ids::{EndpointId, Id, RequestNameId};
use walras::journal::fact::RequestStatus;
use walras::scenario::rules::serverless::RateLaw;
use walras::serverless::answer::{self, Health, SyncAnswer};
use walras::units::Share;

const E: usize = 0;

fn e() -> EndpointId {
    EndpointId::from_index(E)
}

fn j1() -> RequestNameId {
    RequestNameId::from_index(0)
}

#[test]
fn sls_48_sls_49_case_s39_health() {
    let play = Play::new("workers_max: 2")
        .hosts(2, 1)
        .jobs("0 10s; 0 10s; 1 10s; 2 10s; 3 10s handler_error: true; 4 10s; 30 10s")
        .act("6", r#"CancelJob(endpoint: "e", id: "j6")"#)
        .platform("9", r#"HostDown(host: "h2")"#);
    let seen = play.seen(&["55"], &mut |turn, _| {
        (answer::health(turn, e()), turn.world.endpoints[e()].tally.accepted)
    });
    let health = Health {
        completed: 4,
        failed: 1,
        in_progress: 1,
        in_queue: 0,
        retried: 1,
        idle: 0,
        running: 1,
        initializing: seen[0].0.expect("it is there").initializing,
        throttled: 0,
    };
    assert_eq!(seen, [(Some(health), 7)]);
}

#[test]
fn job_03_case_s40_rate_window() {
    let thousand = r#"SubmitJob(endpoint: "e", execution: "1ms", count: 1000)"#;
    let one = r#"SubmitJob(endpoint: "e", execution: "1ms")"#;
    let told =
        Play::new("").horizon("30s").act("0", thousand).act("9.999999", one).act("10", one).told();
    told.refused("9.999999 SubmitJob e rate_limited");
    let told = Play::new("")
        .horizon("30s")
        .rule(|rules| rules.serverless.rate_law = RateLaw::Sliding)
        .act("5", thousand)
        .act("14.999999", one)
        .act("15", one)
        .told();
    told.refused("14.999999 SubmitJob e rate_limited");
}

#[test]
fn job_05_case_s41_payload() {
    let job = |bytes: u32, operation: &str| {
        format!(r#"0 1s input_bytes: {bytes}, operation: {operation}"#)
    };
    let told = Play::new("")
        .jobs(&job(10_000_000, "run"))
        .jobs(&job(10_000_001, "run"))
        .jobs(&job(10_000_001, "runsync"))
        .jobs(&job(20_000_001, "run"))
        .jobs(&job(20_000_001, "runsync"))
        .told();
    told.refused("0 SubmitJob j2 too_large; 0 SubmitJob j4 too_large; 0 SubmitJob j5 too_large");
}

#[test]
fn job_11_job_18_case_s42_retention() {
    let see = |operation: &str, instants: &[&str]| {
        let play = Play::new("").jobs(&format!("0 5s operation: {operation}"));
        play.seen(instants, &mut |turn, _| answer::status(turn, j1()))
    };
    let instants = ["2", "3", "8", "1807.999999", "1808"];
    let seen = see("run", &instants);
    let statuses: Vec<_> = seen.iter().map(|seen| seen.map(|seen| seen.status)).collect();
    let (queued, taken, done) =
        (RequestStatus::InQueue, RequestStatus::InProgress, RequestStatus::Completed);
    assert_eq!(statuses, [Some(queued), Some(taken), Some(done), Some(done), None]);
    let done = seen[2].expect("its result is there");
    assert_eq!((done.delay_ms, done.execution_ms), (Some(3000), Some(5000)));
    let seen = see("runsync", &["67.999999", "68"]);
    assert!(seen[0].is_some() && seen[1].is_none());
}

#[test]
fn job_19_case_s43_waiting_for_a_sync_job() {
    let play = Play::new("").jobs("0 92s operation: runsync");
    let seen =
        play.seen(&["89.999999", "90", "94.999999", "95", "154.999999", "155"], &mut |turn, _| {
            (answer::sync(turn, j1()), answer::status(turn, j1()).map(|seen| seen.status))
        });
    let (taken, done) = (RequestStatus::InProgress, RequestStatus::Completed);
    let answered = SyncAnswer::Answered(super::play::at("90"));
    assert_eq!(
        seen,
        [
            (SyncAnswer::Waits, Some(taken)),
            (answered, Some(taken)),
            (answered, Some(taken)),
            (answered, Some(done)),
            (answered, Some(done)),
            (answered, None),
        ]
    );
    // One that ends before is answered then.
    let seen = Play::new("")
        .jobs("0 5s operation: runsync")
        .seen(&["7", "30"], &mut |turn, _| answer::sync(turn, j1()));
    assert_eq!(seen, [SyncAnswer::Waits, SyncAnswer::Answered(super::play::at("8"))]);
}

#[test]
fn job_21_case_s44_webhook() {
    let told = Play::new("")
        .rule(|rules| rules.serverless.webhook_failure = Share::from_billionths(1_000_000_000))
        .jobs("0 5s webhook: true")
        .told();
    told.steps_of(
        "webhook",
        "8 webhook j1 unanswered; 18 webhook j1 unanswered; 28 webhook j1 unanswered",
    );
    let told = Play::new("").jobs("0 5s webhook: true").told();
    told.steps_of("webhook", "8 webhook j1 answered");
}
