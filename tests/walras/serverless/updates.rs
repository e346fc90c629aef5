//! Cases S12 to S15 and S37: endpoints are changed and deleted, quotas.

use super::play::Play;

#[test]
fn sls_03_case_s12_minimum_above_maximum() {
    let told = Play::new("").horizon("100s").update("1", "workers_min: 4").told();
    told.runs("").refused("1 UpdateEndpoint e bad_argument");
    let told = Play::new("").horizon("99.5s").update("1", "workers_min: 4, workers_max: 4").told();
    told.refused("").runs(
        "s1 1/4/99.5 99 s 0.01089 active alive; s2 1/4/99.5 99 s 0.01089 active alive;
        s3 1/4/99.5 99 s 0.01089 active alive; s4 1/4/99.5 99 s 0.01089 active alive",
    );
}

#[test]
fn sls_13_case_s13_maximum_lowered_under_load() {
    let told = Play::new("scaler: RequestCount(1)")
        .jobs("0 20s; 1 20s; 2 20s; 11 20s")
        .update("10", "workers_max: 1")
        .told();
    told.runs(
        "s1 0/3/48 48 s 0.00768; s2 1/4/24 23 s 0.00368 max_lowered;
        s3 2/5/25 23 s 0.00368 max_lowered",
    )
    .jobs("j1 3–23 s1 cold; j2 4–24 s2 cold; j3 5–25 s3 cold; j4 23–43 s1")
    .steps_of("drains", "10 s3 drains (max_lowered); 10 s2 drains (max_lowered)");
}

#[test]
fn sls_12_sls_14_case_s14_forced_refresh_and_deletion() {
    let told = Play::new("")
        .jobs("0 20s; 5 20s")
        .update("6", "workers_max: 0")
        .act("7", r#"DeleteEndpoint(endpoint: "e")"#)
        .update("30", "workers_max: 3")
        .told();
    told.refused("7 DeleteEndpoint e illegal_state")
        .runs("s1 0/3/23 23 s 0.00368 outdated; s6 30/33/58 28 s 0.00448")
        .jobs("j1 3–23 s1 cold; j2 33–53 s6 cold");
}

#[test]
fn sls_11_case_s15_update_while_a_worker_starts() {
    let told = Play::new("").jobs("0 5s").update("1.5", "concurrency: 1").told();
    told.runs("s1 0/–/1.5 2 s 0.00032 outdated; s1 1.5/4.5/14.5 13 s 0.00208")
        .jobs("j1 4.5–9.5 s1 cold");
}

/// The quota as the default profile has it.
fn with_quota(balance: &str) -> Play {
    Play::new("")
        .without_endpoint()
        .balance(balance)
        .horizon("100s")
        .rule(|rules| rules.serverless.worker_quota = default_quota())
}

fn default_quota() -> Option<Vec<(walras::units::Money, u32)>> {
    walras::scenario::rules::serverless::ServerlessRules::default().worker_quota
}

fn create(name: &str, workers_max: u32) -> String {
    format!(
        r#"CreateEndpoint(name: "{name}", gpus: "RTX A4000", image_gb: 5, workers_max: {workers_max})"#
    )
}

fn set(name: &str, workers_max: u32) -> String {
    format!(r#"UpdateEndpoint(endpoint: "{name}", workers_max: {workers_max})"#)
}

#[test]
fn sls_04_case_s37_worker_quota() {
    let told = with_quota("99.999999999")
        .act("1", &create("A", 3))
        .act("2", &create("B", 3))
        .act("3", &create("B", 2))
        .act("4", r#"Deposit(amount: 10.000000001)"#)
        .act("5", r#"Adjust(amount: -10)"#)
        .act("6", &set("B", 8))
        .act("7", &set("B", 7))
        .act("8", r#"Adjust(amount: -1)"#)
        .act("9", &set("B", 6))
        .act("10", &set("B", 7))
        .told();
    told.refused(
        "2 CreateEndpoint B too_large; 6 UpdateEndpoint B too_large; 10 UpdateEndpoint B too_large",
    );
}
