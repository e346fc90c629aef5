//! Cases S30, S31, S35, S38, S45 and S46: credit, prices, disk, the platform's own endpoints.

use super::play::Play;
use walras::journal::fact::RequestCause;
use walras::scenario::rules::Rules;
use walras::scenario::rules::serverless::{ActivePriceWhen, WorkerPriceChange};
use walras::units::{Money, Span};

fn not_working(rules: &mut Rules) {
    rules.serverless.active_price_when = ActivePriceWhen::NotWorking;
}

fn new_runs(rules: &mut Rules) {
    rules.serverless.worker_price_change = WorkerPriceChange::NewRuns;
}

fn no_disk_price(rules: &mut Rules) {
    rules.serverless.serverless_disk_price = Money::ZERO;
}

#[test]
fn job_02_sls_46_sls_47_case_s30_credit_runs_out() {
    let told = Play::new("")
        .balance("0.2")
        .rule(no_disk_price)
        .jobs(r#"0 2000s executionTimeout: "5000s"; 1 5s; 700 5s; 1300 5s"#)
        .told();
    told.runs("s1 0/3/1237 1237 s 0.19792 no_funds; s2 5/8/18 13 s 0.00208")
        .jobs("j1 3–1237 s1 cold FAILED (no_funds); j2 8–13 s2 cold; j3 IN_QUEUE at 7200")
        .refused("1300 SubmitJob j4 no_funds")
        .steps_of("drains", "638 s1 drains (no_funds)")
        .balance(0, "0");
}

#[test]
fn sls_45_case_s31_a_waking_that_credit_does_not_cover() {
    let play =
        |balance: &str| Play::new("").balance(balance).rule(no_disk_price).jobs("0 60s; 1 5s");
    let told = play("0.19").act("20", "Deposit(amount: 10)").told();
    told.runs("s1 0/3/68 68 s 0.01088; s2 20/23/33 13 s 0.00208")
        .steps_of("no waking", "5 e no waking (no_funds)");
    let told = play("0.1928").told();
    // It is woken at 5, when 0.192 is enough; the second that begins at 6 is not covered by then (SLS-46).
    told.runs(
        "s1 0/3/63 63 s 0.01008 no_funds; s2 5/–/6 1 s 0.00016 no_funds;
        s1 63/66/76 13 s 0.00208",
    )
    .steps_of("no waking", "6 e no waking (no_funds)");
}

/// Worked by hand after case S30: 0.2 at 0.00016 a second is drained at 1250, for 100 s. What is adjusted at 1300
/// ends no hold (BILL-14), so the waking is refused once more; at 1350 it is not.
#[test]
fn sls_45_bill_12_what_was_refused_to_a_drained_account_is_woken_when_its_hold_is_over() {
    let told = Play::new("")
        .balance("0.2")
        .rule(no_disk_price)
        .rule(|rules| rules.drained_hold = Span::from_seconds(100))
        .jobs(r#"0 2000s executionTimeout: "5000s"; 700 5s"#)
        .act("1300", "Adjust(amount: 10)")
        .told();
    told.runs("s1 0/3/1250 1250 s 0.2 no_funds; s1 1350/1353/1363 13 s 0.00208")
        .jobs("j1 3–1250 s1 cold FAILED (no_funds); j2 1353–1358 s1 cold");
}

#[test]
fn sls_40_sls_43_case_s35_two_gpus_ten_minutes_of_disk() {
    let told = Play::new("")
        .without_endpoint()
        .endpoint("e", r#"gpus: "RTX A6000", gpus_per_worker: 2, container_disk_gb: 20"#)
        .fleet(r#"(name: "h1", gpu_type: "NVIDIA RTX A6000", gpus: 8, datacenter: "EU-RO-1"),"#)
        .jobs("0 305s")
        .told();
    told.runs("s1 0/3/313 313 s 0.21284").postings(
        "313 serverless_compute e-w1 2 × 313 × 1 s 0.21284; 313 host_payout e-w1 2 × 313 × 1 s 0.1617584;
        313 serverless_disk e-w1 20 × 2 × 300 s 0.000462962; 313 host_payout e-w1 20 × 2 × 300 s 0.000351851",
    );
}

#[test]
fn sls_42_case_s38_price_changed_during_a_run() {
    for (at, amount) in [("5.5", "0.00236"), ("6", "0.00236"), ("6.000001", "0.00232")] {
        let told = Play::new("")
            .jobs("0 5s")
            .platform(at, r#"SetPrice(workerClass: "AMPERE_16", flex: 0.0002)"#)
            .told();
        told.runs(&format!("s1 0/3/13 13 s {amount}"));
    }
}

/// Worked by hand: a worker that becomes active, and flex again, while it has a job pays the flex price for each
/// second that begins with one. Busy from 3 to 103, then idle as a flex worker: 108 × 0.00016.
#[test]
fn sls_21_sls_41_who_becomes_active_with_a_job_in_hand_pays_the_flex_price() {
    let play = || Play::new("").rule(not_working).jobs("0 100s");
    let told = play().update("10.5", "workers_min: 1").update("90.5", "workers_min: 0").told();
    told.runs("s1 0/3/108 108 s 0.01728");
    // It stays active: 103 seconds begin while it starts or with a job, of which those of 0 to 2 are flex anyway, and
    // 97 after that: 103 × 0.00016 + 97 × 0.00011.
    let told = play().update("10.5", "workers_min: 1").horizon("199.5s").told();
    told.runs("s1 0/3/199.5 200 s 0.02715 alive");
}

/// Worked by hand: an active worker becomes flex while it has a job, from 10 to 30. Seconds 0 to 9 are active, 10 to
/// 34 flex, whether with a job or, from 30 on, for good: 10 × 0.00011 + 25 × 0.00016. Active again from 20.5, still
/// with its job, it pays the active price from 30 on: 10 × 0.00011 + 20 × 0.00016 + 20 × 0.00011.
#[test]
fn sls_21_sls_41_who_becomes_flex_with_a_job_in_hand_stays_at_the_flex_price() {
    let play = || Play::new("workers_min: 1").rule(not_working).jobs("10 20s");
    let told = play().update("15.5", "workers_min: 0").told();
    told.runs("s1 0/3/35 35 s 0.0051 active");
    let told = play()
        .update("15.5", "workers_min: 0")
        .update("20.5", "workers_min: 1")
        .horizon("49.5s")
        .told();
    told.runs("s1 0/3/49.5 50 s 0.0065 active alive");
}

/// Worked by hand: busy from 3 to 8, active from 10.5 to 20.5, idle timeout from then: seconds 0 to 10 and 21 to 25
/// are flex, 11 to 20 active: 16 × 0.00016 + 10 × 0.00011, whichever seconds are cheaper.
#[test]
fn sls_21_sls_41_the_kind_changes_while_it_is_idle() {
    let play = || {
        Play::new("").jobs("0 5s").update("10.5", "workers_min: 1").update("20.5", "workers_min: 0")
    };
    play().told().runs("s1 0/3/25.5 26 s 0.00366");
    play().rule(not_working).told().runs("s1 0/3/25.5 26 s 0.00366");
}

/// Worked by hand: half price until 20.5, a job from 10 to 30: seconds 0 to 9 at 0.000055, 10 to 20 at 0.00008, 21 to
/// 29 at 0.00016, 30 to 49 at 0.00011. Who became active with that job in hand pays the same flex prices.
#[test]
fn sls_41_sls_42_a_discount_ends_while_an_active_worker_has_a_job() {
    let play = |settings: &str| {
        Play::new(settings)
            .rule(not_working)
            .accounts(r#"(name: "a", balance: 1000, serverless_discount: (0.5, "20.5s")),"#)
            .horizon("49.5s")
    };
    let told = play("workers_min: 1").jobs("10 20s").told();
    told.runs("s1 0/3/49.5 50 s 0.00507 active alive");
    // Woken at 0, flex until 10.5, its job from 3 to 30: 21 × 0.00008 + 9 × 0.00016 + 20 × 0.00011.
    let told = play("").jobs("0 27s").update("10.5", "workers_min: 1").told();
    told.runs("s1 0/3/49.5 50 s 0.00532 alive");
}

/// Worked by hand: a run keeps both prices of its waking, so that it pays the old active price as it becomes active:
/// seconds 0 to 10 at 0.00016, 11 to 19 at 0.00011. So it does with its work: 10 × 0.00011, 5 × 0.00016, 5 × 0.00011,
/// where a discount of a half, over by 15.5, halves all of them.
#[test]
fn sls_21_sls_42_a_run_keeps_the_prices_of_its_waking_where_only_new_runs_cost_otherwise() {
    let set = r#"SetPrice(workerClass: "AMPERE_16", flex: 0.0003, active: 0.0002)"#;
    let play =
        |settings: &str| Play::new(settings).rule(new_runs).platform("5.5", set).horizon("19.5s");
    let told = play("").jobs("0 5s").update("10.5", "workers_min: 1").told();
    told.runs("s1 0/3/19.5 20 s 0.00275 alive");
    let at_work = play("workers_min: 1").rule(not_working).jobs("10 5s");
    at_work.told().runs("s1 0/3/19.5 20 s 0.00245 active alive");
    let half = r#"(name: "a", balance: 1000, serverless_discount: (0.5, "15.5s")),"#;
    at_work.accounts(half).told().runs("s1 0/3/19.5 20 s 0.001225 active alive");
}

/// Worked by hand after case S16: GPUs since 10, woken at 40, when its pull is over. A price set at 20 is that of a new
/// run: 13 × 0.0002, whomever price changes reach.
#[test]
fn sls_15_sls_42_a_run_is_new_until_it_is_woken() {
    let play = || {
        Play::new("")
            .without_endpoint()
            .act("0", r#"CreateEndpoint(name: "e", gpus: "RTX A4000", image_gb: 5)"#)
            .jobs("10 5s")
            .platform("20", r#"SetPrice(workerClass: "AMPERE_16", flex: 0.0002)"#)
    };
    play().told().runs("s1 40/43/53 13 s 0.0026");
    play().rule(new_runs).told().runs("s1 40/43/53 13 s 0.0026");
}

#[test]
fn aie_03_aie_05_aie_06_case_s45_pay_per_execution() {
    let submit = |id: &str| {
        format!(r#"SubmitJob(endpoint: "stable-diffusion-v1", id: "{id}", execution: "5.587s")"#)
    };
    let told = Play::new("")
        .without_endpoint()
        .fleet(r#"(name: "h1", gpu_type: "NVIDIA L4", gpus: 8, datacenter: "EU-RO-1"),"#)
        // At the very horizon one more second would begin (GEN-07).
        .horizon("3599.999999s")
        .act("10", &submit("j1"))
        .act("20", &submit("j2"))
        .act("21", r#"CancelJob(endpoint: "stable-diffusion-v1", id: "j2")"#)
        .told();
    told.jobs("j1 10–15.587 s1; j2 20–21 s1 CANCELLED (cancel_job)")
        .runs("s1 0/3/3599.999999 3600 s – active alive")
        .postings(
            "15.587 public_endpoint stable-diffusion-v1 1 × 5587 × 1000 us 0.00212306;
            3599.999999 host_payout stable-diffusion-v1-w1 1 × 3600 × 1 s 0.35568;
            3599.999999 host_payout stable-diffusion-v1-w1 5 × 12 × 300 s 0.000527777",
        );
}

/// SLS-45. Which type a worker gets is not known before it has GPUs: 0.15 covers ten minutes of an RTX A4000 (0.096), but
/// not of the RTX 4090 that alone is there (0.186).
#[test]
fn sls_45_a_waking_is_judged_by_the_dearest_type_that_it_may_get() {
    let told = Play::new("")
        .without_endpoint()
        .fleet(r#"(names: ["h1"], gpu_type: "NVIDIA GeForce RTX 4090", gpus: 8, datacenter: "EU-RO-1"),"#)
        .endpoint("e", r#"gpus: ["RTX A4000", "RTX 4090"]"#)
        .balance("0.15")
        .horizon("20m")
        .jobs("0 5s")
        .told();
    told.runs("").jobs("j1 IN_QUEUE at 1200").steps("0 e no waking (no_funds)");
}

/// AIE-03, AIE-05. j1 is executed for a second, lost with its host, and cancelled in the queue ten minutes later: that
/// costs nothing. Cancelled in hand, at 15, it has been executed for 5 s at 0.00038.
#[test]
fn aie_03_aie_05_time_in_the_queue_costs_nothing_where_unfinished_jobs_cost() {
    let play = || {
        Play::new("")
            .without_endpoint()
            .fleet(r#"(names: ["h1"], gpu_type: "NVIDIA L4", gpus: 1, datacenter: "EU-RO-1"),"#)
            .rule(|rules| rules.serverless.ai_charge_unfinished = true)
            .balance("100")
            .horizon("20m")
            .jobs_on("stable-diffusion-v1", "10 100s")
    };
    let cancel = r#"CancelJob(endpoint: "stable-diffusion-v1", id: "j1")"#;
    let lost = play().platform("11", r#"HostDown(host: "h1")"#).act("611", cancel);
    lost.told().jobs("j1 CANCELLED at 611 (cancel_job)").balance(0, "100");
    play()
        .act("15", cancel)
        .told()
        .jobs("j1 10–15 s1 CANCELLED (cancel_job)")
        .balance(0, "99.9981");
    // Nor does an attempt that is lost, be it the last.
    let lost = play()
        .fleet(r#"(names: ["h1", "h2", "h3"], gpu_type: "NVIDIA L4", gpus: 1, datacenter: "EU-RO-1"),"#)
        .platform("20", r#"HostDown(host: "h1")"#)
        .platform("40", r#"HostDown(host: "h2")"#)
        .platform("60", r#"HostDown(host: "h3")"#);
    let lost = lost.told();
    assert_eq!(lost.ended[0].1.cause, RequestCause::WorkerLost);
    lost.balance(0, "100");
}

/// Two active workers cost 0.00022 USD a second and reserve 0.132: from 764 on 0.3 does not suffice, and both drain. The
/// deposit lets them work on; one of them is flex from then on, for
/// the update at 780: 800 s × 0.00011 + 1208 s × 0.00016.
#[test]
fn sls_46_who_works_on_is_as_many_active_as_an_update_said_meanwhile() {
    let told = Play::new("workers_min: 2")
        .balance("0.3")
        .rule(no_disk_price)
        .jobs(r#"0 2000s executionTimeout: "5000s"; 0 2000s executionTimeout: "5000s""#)
        .update("780", "workers_min: 1")
        .act("800", "Deposit(amount: 10)")
        .told();
    told.runs("s1 0/3/7200 7201 s 0.79211 active alive; s2 0/3/2008 2008 s 0.28128 active")
        .steps_of("drains", "764 s1 drains (no_funds); 764 s2 drains (no_funds)");
}
