//! Below the line (SLS-46, BILL-09): who drains for want of credit beside other reasons, whom a credit lets work on,
//! and when the line is looked at again.

use super::play::Play;
use walras::units::Money;

/// A market without a price of disk, in which 0.2 USD are 638 s of one worker above the line, 26 s of two.
fn poor(settings: &str) -> Play {
    Play::new(&format!(r#"execution_timeout: "5000s", {settings}"#))
        .balance("0.2")
        .rule(|rules| rules.serverless.serverless_disk_price = Money::ZERO)
}

/// SLS-12. Its maximum is 0 from 100 on; the line at 638 and the deposit at 700 take nothing of that back.
#[test]
fn sls_12_sls_46_a_credit_does_not_undo_that_there_may_be_none() {
    let told = poor("")
        .jobs("0 1100s; 1050 5s")
        .update("100", "workers_max: 0")
        .act("700", "Deposit(amount: 10)")
        .told();
    told.runs("s1 0/3/1103 1103 s 0.17648 outdated")
        .jobs("j1 3–1103 s1 cold; j2 IN_QUEUE at 7200")
        .steps_of("drains", "100 s1 drains (outdated)");
    // The other way about: 0.2 − 651 × 0.00016 is below the line, then comes the update.
    let told = poor("")
        .jobs("0 700s; 695 5s")
        .update("660", "workers_max: 0")
        .act("690", "Deposit(amount: 10)")
        .told();
    told.runs("s1 0/3/703 703 s 0.11248 outdated")
        .jobs("j1 3–703 s1 cold; j2 IN_QUEUE at 7200")
        .steps_of("drains", "651 s1 drains (no_funds)");
}

/// SLS-13, SLS-49. Both drain from 26 on; the update at 50 lowers the maximum to 1, and the deposit at 320 lets one of
/// them work on: the one that was woken last drains.
#[test]
fn sls_13_sls_46_no_more_work_on_than_there_may_be() {
    let told = poor("scaler: RequestCount(1), workers_max: 2")
        .jobs("0 1000s; 1 1000s; 400 50s")
        .update("50", "workers_max: 1")
        .act("320", "Deposit(amount: 10)")
        .told();
    told.runs("s1 0/3/1058 1058 s 0.16928; s2 1/4/1004 1003 s 0.16048 max_lowered")
        .jobs("j1 3–1003 s1 cold; j2 4–1004 s2 cold; j3 1003–1053 s1");
}

/// SLS-11. A worker of an older revision drains for that, before the line as after it.
#[test]
fn sls_11_sls_46_an_outdated_worker_does_not_work_on() {
    let revised = |at: &str| {
        poor("workers_max: 1")
            .jobs("0 700s; 695 5s")
            .update(at, "concurrency: 2")
            .act("690", "Deposit(amount: 10)")
            .told()
    };
    for at in ["650", "660"] {
        revised(at)
            .runs("s1 0/3/703 703 s 0.11248 outdated; s1 703/706/716 13 s 0.00208")
            .jobs("j1 3–703 s1 cold; j2 706–711 s1 cold");
    }
}

/// SLS-13. Who may work on takes the next job only if it isn't to go after all: of two workers with room the one that
/// was woken last stays marked.
#[test]
fn sls_13_who_is_marked_again_takes_no_job_meanwhile() {
    Play::new("scaler: RequestCount(1), workers_max: 2, concurrency: 2")
        .jobs("0 100s; 1 100s")
        .update("10", "workers_max: 1")
        .jobs("11 100s; 12 50s")
        .update("20", r#"idle_timeout: "6s""#)
        .told()
        .jobs("j1 3–103 s1 cold; j2 3–103 s1; j3 103–203 s1; j4 103–153 s1");
}

/// SLS-21. An active worker drains from 1219 on; none is to be active from 1250 on. So it is flex when it works on.
#[test]
fn sls_21_sls_46_who_works_on_is_of_the_kind_that_it_is_to_be() {
    let told = poor("workers_min: 1")
        .jobs("0 1600s")
        .update("1250", "workers_min: 0")
        .act("1300", "Deposit(amount: 10)")
        .told();
    // 1300 × 0.00011 + 308 × 0.00016.
    told.runs("s1 0/3/1608 1608 s 0.19228 active");
}

/// BILL-09. A pod of eight GPUs comes to its line at 3660; the worker that waited for a GPU is not wanted below it. One
/// is woken as the pod has stopped, and comes to the line of its own: 0.4345 − 2116 × 0.00016 is less than 0.096.
#[test]
fn sls_46_the_line_is_looked_at_again_for_a_worker_that_comes_later() {
    let jobs: Vec<String> = (0..25).map(|job| format!("{} 100s", 10 + job)).collect();
    let told = poor("workers_max: 1")
        .balance("3.2")
        .horizon("4h")
        .act(
            "0",
            r#"CreatePod(name: "p", gpuTypeId: "NVIDIA RTX A4000", gpuCount: 8, containerDiskInGb: 1)"#,
        )
        .jobs(&jobs.join("; "))
        .told();
    told.runs("s1 3660/3663/5863 2203 s 0.35248 no_funds")
        .steps_of("drains", "5776 s1 drains (no_funds)");
}

/// BILL-09. At 252 two endpoints' workers drain. When that of g is gone there is credit for another worker of e, which
/// comes to the line at 557 and drains, too, though the first still does.
#[test]
fn sls_46_who_was_woken_after_the_line_is_stopped_at_the_next() {
    let hosts = r#"
        (name: "h1", gpu_type: "NVIDIA RTX A4000", gpus: 8, datacenter: "EU-RO-1"),
        (name: "h2", gpu_type: "NVIDIA GeForce RTX 4090", gpus: 1, datacenter: "EU-RO-1"),"#;
    let told = poor("scaler: RequestCount(1), workers_max: 2")
        .balance("0.4")
        .fleet(hosts)
        .endpoint("g", r#"gpus: "RTX 4090""#)
        .jobs("0 3000s")
        .jobs_on("g", "0 300s")
        .jobs("400 50s; 400 50s; 400 50s; 400 50s; 400 50s")
        .told();
    told.steps_of(
        "drains",
        "252 e s1 drains (no_funds); 252 g s1 drains (no_funds); 557 e s2 drains (no_funds)",
    );
}

/// BILL-09, BILL-10. A pod that was rented after the line is stopped at the next, and a notice comes with each.
#[test]
fn bill_09_a_pod_rented_after_the_line_is_stopped_at_the_next() {
    let told = poor("scaler: RequestCount(1)")
        .balance("0.3")
        .jobs("0 1000s; 0 350s")
        .act("360", r#"CreateSpotPod(name: "p", gpuTypeId: "NVIDIA RTX A4000", bidPerGpu: 0.17, containerDiskInGb: 1)"#)
        .told();
    assert_eq!(told.stops_for_funds(0), 2);
}

/// BILL-10. In case S30 the line is crossed once, and the account drained once: two notices.
#[test]
fn sls_46_who_drains_is_not_told_of_the_line_again() {
    let told = poor("").jobs("0 2000s; 1 5s").told();
    assert_eq!(told.stops_for_funds(0), 2);
}

/// BILL-09. R10 of a draining worker rises with its price: there is nothing to stop, and nobody is told.
#[test]
fn sls_46_a_price_that_rises_below_the_line_stops_nothing() {
    let told = poor("")
        .jobs("0 2000s")
        .platform("700", r#"SetPrice(workerClass: "AMPERE_16", flex: 0.00017)"#)
        .platform("800", r#"SetPrice(workerClass: "AMPERE_16", flex: 0.00018)"#)
        .told();
    // At the line and when it is drained.
    assert_eq!(told.stops_for_funds(0), 2);
}

/// JOB-02, BILL-12. A drained account keeps what is left of its balance, and may submit for it.
#[test]
fn job_02_who_has_anything_left_may_submit() {
    let told = poor("")
        .balance("0.20005")
        .jobs("0 2000s; 1300 5s")
        .jobs_on("stable-diffusion-v1", "1400 5s")
        .told();
    told.runs("s1 0/3/1250 1250 s 0.2 no_funds").refused("").balance(0, "0.00005");
}
