//! Rules of jobs and of the platform's own endpoints that no worked example proves.

use super::play::Play;
use walras::ids::{Id, RequestNameId};
use walras::journal::fact::{Refusal, RequestStatus};
use walras::scenario::rules::Rules;
use walras::scenario::rules::serverless::{
    JobSpeed, LowPriorityEscalates, OnExecutionTimeout, RateGrowth, RateLaw, TtlCovers,
};
use walras::serverless::answer;
use walras::units::{Money, Span};

/// JOB-01, JOB-02. What is refused, the first reason first.
#[test]
fn job_01_job_02_submissions_that_are_refused() {
    let submit = |id: &str, more: &str| {
        format!(r#"SubmitJob(endpoint: "e", id: "{id}", execution: "5s", {more})"#)
    };
    let told = Play::new("")
        .accounts(r#"(name: "a", balance: 100), (name: "b", balance: 100),"#)
        .horizon("100s")
        .act_as("b", "1", &submit("x1", ""))
        .act("2", &submit("x2", "input: false, input_bytes: 20000000"))
        .act("3", &submit("x3", r#"ttl: "9s""#))
        .act("4", &submit("x4", r#"executionTimeout: "13h""#))
        .act("5", &submit("x5", "input_bytes: 10000001"))
        .act("6", r#"CancelJob(endpoint: "e", id: "x5")"#)
        .act("7", r#"PurgeQueue(endpoint: "e")"#)
        .act_as("b", "8", r#"PurgeQueue(endpoint: "e")"#)
        .told();
    told.jobs("").runs("").refused(
        "1 SubmitJob x1 not_permitted; 2 SubmitJob x2 bad_argument; 3 SubmitJob x3 bad_argument;
        4 SubmitJob x4 bad_argument; 5 SubmitJob x5 too_large; 6 CancelJob x5 unknown;
        8 PurgeQueue e not_permitted",
    );
}

/// JOB-03. A sliding window counts the calls of the ten seconds before; calls refused for the rate don't count.
#[test]
fn job_03_a_sliding_window() {
    let one = r#"SubmitJob(endpoint: "e", execution: "1ms")"#;
    let mut play = Play::new("").horizon("30s").rule(|rules| {
        rules.serverless.rate_run = Some(2);
        rules.serverless.rate_law = RateLaw::Sliding;
    });
    for at in ["1", "9", "10.999999", "11", "12", "19"] {
        play = play.act(at, one);
    }
    play.told().refused("10.999999 SubmitJob e rate_limited; 12 SubmitJob e rate_limited");
}

/// JOB-04. A limit that grows with the running workers; a queue that is full.
#[test]
fn job_04_later_limits() {
    let limited = |growth: fn(&mut Rules)| {
        let play = Play::new("").horizon("30s").rule(|rules| rules.serverless.rate_run = Some(1));
        // At 11 one worker runs.
        let play = play.rule(growth).jobs("0 20s; 11 1s; 11 1s; 11 1s");
        play.told()
    };
    limited(|_| {}).refused("11 SubmitJob j3 rate_limited; 11 SubmitJob j4 rate_limited");
    limited(|rules| rules.serverless.rate_growth = RateGrowth::Add(1))
        .refused("11 SubmitJob j4 rate_limited");
    limited(|rules| rules.serverless.rate_growth = RateGrowth::Max(3)).refused("");
    let told = Play::new("workers_max: 1")
        .horizon("2s")
        .rule(|rules| rules.serverless.queue_limit = Some((2, 3)))
        .jobs("0 5s; 0 5s; 0 5s; 0 5s; 0 5s")
        .told();
    // More than 2, and more than 3: four wait.
    told.refused("0 SubmitJob j5 queue_full");
}

/// JOB-06. Too large an output ends a job at its completion.
#[test]
fn job_06_an_output_that_is_too_large() {
    let told = Play::new("")
        .jobs(
            "0 5s output_bytes: 10000000; 0 5s output_bytes: 10000001;
            0 5s output_bytes: 20000000, operation: runsync",
        )
        .told();
    told.jobs("j1 3–8 s1 cold; j2 7–12 s2 cold FAILED (too_large); j3 7–12 s3 cold");
}

/// JOB-07, JOB-08. On another type a job takes by their speeds, where the rules say so, rounded up.
#[test]
fn job_08_jobs_take_by_the_speed_of_the_type() {
    let host = r#"(name: "h1", gpu_type: "NVIDIA RTX A4000", gpus: 1, datacenter: "EU-RO-1"),"#;
    let play = || Play::new(r#"gpus: ["RTX A6000", "RTX A4000"]"#).fleet(host).jobs("0 5s");
    play().told().jobs("j1 3–8 s1 cold");
    // 5 s × 0.443 / 0.238.
    let told = play().rule(|rules| rules.serverless.job_speed = JobSpeed::Relative).told();
    told.jobs("j1 3–12.306723 s1 cold");
}

/// JOB-09, JOB-14. A job that goes back to the queue keeps its place by submission.
#[test]
fn job_09_a_requeued_job_keeps_its_place() {
    let told = Play::new("workers_max: 1")
        .hosts(2, 1)
        .jobs("0 10s; 1 10s; 2 10s")
        .platform("5", r#"HostDown(host: "h1")"#)
        .told();
    told.jobs("j1 8–18 s1 cold; j2 18–28 s1; j3 28–38 s1");
}

/// JOB-10. A low-priority job that has waited for so long is a normal one: it joins the queue then.
#[test]
fn job_10_low_priority_that_escalates() {
    let told = Play::new("workers_max: 1")
        .rule(|rules| {
            rules.serverless.low_priority_escalates =
                LowPriorityEscalates::After(Span::from_seconds(20));
        })
        .jobs("0 5s lowPriority: true; 30 5s lowPriority: true; 31 5s")
        .told();
    // Alone it wakes a worker at 20, and no other did.
    told.jobs("j1 23–28 s1 cold; j2 30–35 s1; j3 35–40 s1");
}

/// JOB-12. A worker may be kept, and then works on.
#[test]
fn job_12_a_worker_that_is_kept() {
    let play = || Play::new("concurrency: 2").jobs(r#"0 20s executionTimeout: "10s"; 0 30s"#);
    let kept = play().rule(|rules| {
        rules.serverless.on_execution_timeout = OnExecutionTimeout::KeepWorker;
    });
    kept.told()
        .runs("s1 0/3/38 38 s 0.00608")
        .jobs("j1 3–13 s1 cold TIMED_OUT (execution_timeout); j2 3–33 s1");
    // Else it stops, and its other job goes back.
    play()
        .told()
        .runs("s1 0/3/13 13 s 0.00208 execution_timeout; s1 13/16/51 38 s 0.00608")
        .jobs("j1 3–13 s1 cold TIMED_OUT (execution_timeout); j2 16–46 s1 cold")
        .steps_of("requeued", "13 j2 requeued");
}

/// JOB-13. A time to live may cover a life: a job in progress ends then, and its worker is free.
#[test]
fn job_13_a_time_to_live_that_covers_a_life() {
    let told = Play::new("")
        .rule(|rules| rules.serverless.ttl_covers = TtlCovers::Life)
        .jobs(r#"0 20s ttl: "10s"; 10 5s"#)
        .told();
    told.runs("s1 0/3/20 20 s 0.0032").jobs("j1 3–10 s1 cold TIMED_OUT (ttl); j2 10–15 s1");
}

/// JOB-14. A job whose time to live is over when its worker is lost does not go back.
#[test]
fn job_14_a_lost_job_whose_time_is_over() {
    let told = Play::new("workers_max: 1")
        .hosts(2, 1)
        .jobs(r#"0 100s ttl: "10s""#)
        .platform("12", r#"HostDown(host: "h1")"#)
        .told();
    told.jobs("j1 3–12 s1 cold TIMED_OUT (ttl)");
}

/// JOB-15. The handler's own error ends a job; or it is tried again as often as one may be taken.
#[test]
fn job_15_errors_of_handlers() {
    let play = || Play::new("").jobs("0 5s handler_error: true");
    play().told().jobs("j1 3–8 s1 cold FAILED (handler_error)").runs("s1 0/3/13 13 s 0.00208");
    let again = play().rule(|rules| rules.serverless.retry_handler_error = true);
    again
        .told()
        .jobs("j1 13–18 s1 FAILED (handler_error)")
        .steps_of("requeued", "8 j1 requeued; 13 j1 requeued")
        .runs("s1 0/3/23 23 s 0.00368");
}

/// JOB-16. Cancelling a job in progress may stop its worker. One that is unknown, or whose result is gone, can't be.
#[test]
fn job_16_cancelling_may_stop_a_worker() {
    let cancel = r#"CancelJob(endpoint: "e", id: "j1")"#;
    let play = || Play::new("").jobs("0 20s").act("10", cancel);
    let stops = play().rule(|rules| rules.serverless.cancel_stops_worker = true).told();
    stops.jobs("j1 3–10 s1 cold CANCELLED (cancel_job)");
    let row = stops.stopped[0];
    assert_eq!((row.billed, row.requests), (10, 1));
    let told = Play::new("").jobs("0 5s").act("1807.999999", cancel).act("1808", cancel).told();
    told.refused("1807.999999 CancelJob j1 illegal_state; 1808 CancelJob j1 unknown");
}

/// JOB-16. `cancel_stops_worker`: what else the worker has in hand goes back to its place in the queue, and a worker is
/// woken for it; else the worker takes the next job in that instant.
#[test]
fn job_16_a_worker_that_is_stopped_by_cancelling_had_other_jobs() {
    let cancel = r#"CancelJob(endpoint: "e", id: "j1")"#;
    let play = || {
        Play::new("workers_max: 1, concurrency: 2").jobs("0 20s; 0 20s; 5 10s").act("10", cancel)
    };
    play()
        .told()
        .jobs("j1 3–10 s1 cold CANCELLED (cancel_job); j2 3–23 s1; j3 10–20 s1")
        .runs("s1 0/3/28 28 s 0.00448")
        .steps_of("requeued", "");
    let stops = play().rule(|rules| rules.serverless.cancel_stops_worker = true);
    stops
        .told()
        .jobs("j1 3–10 s1 cold CANCELLED (cancel_job); j2 13–33 s1 cold; j3 13–23 s1")
        .runs("s1 0/3/10 10 s 0.0016 outdated; s1 10/13/38 28 s 0.00448")
        .steps_of("requeued", "10 j2 requeued");
    // One that waits is in nobody's hands: nobody stops.
    let queued = r#"CancelJob(endpoint: "e", id: "j3")"#;
    Play::new("workers_max: 1, concurrency: 2")
        .jobs("0 20s; 0 20s; 5 10s")
        .act("10", queued)
        .rule(|rules| rules.serverless.cancel_stops_worker = true)
        .told()
        .jobs("j1 3–23 s1 cold; j2 3–23 s1; j3 CANCELLED at 10 (cancel_job)")
        .runs("s1 0/3/28 28 s 0.00448");
}

/// JOB-20. Chunks of a stream: so many so far, all of them at the end; its output stands in its status only if it
/// is to be kept there.
#[test]
fn job_20_streams() {
    let j1 = RequestNameId::from_index(0);
    let see = |settings: &str| {
        Play::new(settings).jobs("0 5s").seen(&["2", "4.5", "8"], &mut |turn, _| {
            (answer::stream(turn, j1), answer::status(turn, j1).is_some_and(|seen| seen.output))
        })
    };
    let bad = Err(Refusal::BadArgument);
    assert_eq!(see(""), [(bad, false), (bad, false), (bad, true)]);
    let chunks = [(Ok(0), false), (Ok(3), false), (Ok(10), false)];
    assert_eq!(see(r#"stream_interval: "0.5s""#), chunks);
    let kept = [(Ok(0), false), (Ok(3), false), (Ok(10), true)];
    assert_eq!(see(r#"stream_interval: "0.5s", aggregate: true"#), kept);
}

/// SLS-50. The first job of a run is a cold start if the run became ready after its submission.
#[test]
fn sls_50_what_is_a_cold_start() {
    let told = Play::new("workers_min: 1").horizon("100s").jobs("2.999999 5s; 50 5s").told();
    told.jobs("j1 3–8 s1 cold; j2 50–55 s1");
    let told = Play::new("workers_min: 1").horizon("100s").jobs("50 5s").told();
    told.jobs("j1 50–55 s1");
}

/// A market where the platform has its own model on 8 L4.
fn platform(jobs: &str) -> Play {
    let play = Play::new("")
        .without_endpoint()
        .accounts(r#"(name: "a", balance: 1), (name: "b", balance: 0.001),"#)
        .fleet(r#"(name: "h1", gpu_type: "NVIDIA L4", gpus: 8, datacenter: "EU-RO-1"),"#)
        .horizon("100s");
    if jobs.is_empty() { play } else { play.jobs_on("stable-diffusion-v1", jobs) }
}

/// AIE-01, AIE-02, AIE-07. Everybody's key may submit to the platform's own endpoints, with a balance above 0; the
/// charge may bring it below.
#[test]
fn aie_01_aie_02_aie_07_endpoints_for_all() {
    let submit = |id: &str| {
        format!(r#"SubmitJob(endpoint: "stable-diffusion-v1", id: "{id}", execution: "10s")"#)
    };
    let told =
        platform("10 5s").act_as("b", "20", &submit("x1")).act_as("b", "40", &submit("x2")).told();
    told.jobs("j1 10–15 s1; x1 20–30 s1")
        .refused("40 SubmitJob x2 no_funds")
        .balance(0, "0.9981")
        .balance(1, "-0.0028");
}

/// AIE-05. Jobs that were not completed cost nothing, unless the rules say so.
#[test]
fn aie_05_unfinished_jobs() {
    let play = || platform("10 5s handler_error: true");
    play().told().balance(0, "1");
    let charged = play().rule(|rules| rules.serverless.ai_charge_unfinished = true);
    charged.told().balance(0, "0.9981");
}

/// AIE-04: case S46. Pay per output and per request.
#[test]
fn aie_04_case_s46_pay_per_output() {
    use walras::scenario::model::serverless::Basis;
    let charged = |basis: fn() -> Basis, units: &str| {
        let play = platform(&format!("10 5s output_units: {units}"));
        let mut scenario = play.scenario();
        scenario.rules.serverless.ai_models[0].basis = basis();
        play.told_of(&scenario)
    };
    let large = || Basis::Output { price: Money::from_nanos(20_000_000), per: 1_000_000 };
    let small = || Basis::Output { price: Money::from_nanos(2_400_000), per: 1_000_000 };
    let tokens = || Basis::Output { price: Money::from_dollars(10), per: 1_000_000_000_000 };
    let request = || Basis::Request(Money::from_nanos(50_000_000));
    charged(large, "1.048576").balance(0, "0.97902848");
    charged(small, "1.048576").balance(0, "0.997483418");
    charged(tokens, "1234").balance(0, "0.98766");
    charged(request, "3").balance(0, "0.95");
}

/// AIE-08. Who wants the model at its own scale deploys it as an endpoint of its own.
#[test]
fn aie_08_a_model_of_ones_own() {
    let create = r#"CreateEndpoint(name: "mine", quick_deploy: "stable_diffusion", gpus: "L4")"#;
    let submit = r#"SubmitJob(endpoint: "mine", id: "x")"#;
    let told = platform("").act("0", create).act("50", submit).told();
    told.jobs("x 53–58 s1 cold").runs("s1 50/53/63 13 s 0.00247");
}

#[test]
fn job_07_states_that_are_final() {
    let final_ones = [
        RequestStatus::Completed,
        RequestStatus::Failed,
        RequestStatus::Cancelled,
        RequestStatus::TimedOut,
    ];
    let told = Play::new("workers_max: 1")
        .jobs(r#"0 5s; 0 5s handler_error: true; 0 5s; 0 5s ttl: "10s""#)
        .act("5", r#"CancelJob(endpoint: "e", id: "j3")"#)
        .told();
    let ends: Vec<RequestStatus> = final_ones.into();
    let mut rows: Vec<_> = told.ended.iter().map(|(_, end)| (end.request, end.status)).collect();
    rows.sort_by_key(|(request, _)| *request);
    assert_eq!(rows.into_iter().map(|(_, status)| status).collect::<Vec<_>>(), ends);
}

/// JOB-03. Each operation has a count of its own: a purge is allowed right after a cancel, a second cancel is not.
#[test]
fn job_03_cancels_and_purges_are_counted_apart() {
    Play::new("workers_max: 1")
        .rule(|rules| rules.serverless.rate_other = Some(1))
        .jobs("1 10s; 1 10s; 1 10s")
        .act("2", r#"CancelJob(endpoint: "e", id: "j2")"#)
        .act("3", r#"PurgeQueue(endpoint: "e")"#)
        .act("4", r#"CancelJob(endpoint: "e", id: "j1")"#)
        .told()
        .refused("4 CancelJob j1 rate_limited");
}
