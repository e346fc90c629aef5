//! Cases S12 to S15 and S37: endpoints are changed and deleted, quotas.

use super::play::Play;
use walras::scenario::rules::serverless::Rollout;
use walras::units::Span;

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

/// What an endpoint runs on: image, model, concurrency, FlashBoot, volume; and its revision.
fn runs_on(play: &Play, instants: &[&str]) -> Vec<(u32, u32, u32, bool, bool, u32)> {
    play.seen(instants, &mut |turn, _| {
        let own = turn.world.endpoints.iter().next().expect("e").1;
        let of = &own.of.settings;
        let (flashboot, volume) = (of.flashboot, of.network_volume.is_some());
        let revision = own.revision;
        (of.image_gb.get(), of.model_gb.get(), own.concurrency, flashboot, volume, revision)
    })
}

/// SLS-03, SLS-04, SLS-10. What an update says that the market refuses does not hold later, either.
#[test]
fn sls_10_what_was_refused_is_in_no_later_revision() {
    let play = Play::new("")
        .balance("50")
        .horizon("99s")
        .rule(|rules| rules.serverless.worker_quota = default_quota())
        .update("1", "workers_max: 9, image_gb: 3")
        .update("2", "concurrency: 2")
        .update("3", "workers_max: 4, image_gb: 4")
        .update("4", "workers_min: 5, flashboot: true")
        .update("5", "model_gb: 2");
    play.told().refused("1 UpdateEndpoint e too_large; 4 UpdateEndpoint e bad_argument");
    assert_eq!(
        runs_on(&play, &["0.5", "1.5", "2.5", "3.5", "4.5", "5.5"]),
        [
            (5, 4, 1, false, false, 1),
            (5, 4, 1, false, false, 1),
            (5, 4, 2, false, false, 2),
            (4, 4, 2, false, false, 3),
            (4, 4, 2, false, false, 3),
            (4, 2, 2, false, false, 4),
        ]
    );
}

/// SLS-07, JOB-02. The same where a volume is gone by then, and of what another account says.
#[test]
fn sls_10_neither_is_what_another_says_or_what_needs_a_lost_volume() {
    let volume = |what: &str, more: &str| format!(r#"{what}NetworkVolume({more})"#);
    let play = Play::new("")
        .accounts(r#"(name: "a", balance: 1000), (name: "b", balance: 1000),"#)
        .horizon("99s")
        .act("1", &volume("Create", r#"name: "v", size: 10, dataCenterId: "EU-RO-1""#))
        .update("2", "image_gb: 3")
        .act("3", &volume("Delete", r#"networkVolumeId: "v""#))
        .update("4", r#"network_volume: "v", flashboot: true"#)
        .update("5", "concurrency: 2")
        .act_as("b", "6", r#"UpdateEndpoint(endpoint: "e", image_gb: 2)"#)
        .update("7", "model_gb: 3");
    play.told().refused("4 UpdateEndpoint e unknown; 6 UpdateEndpoint e not_permitted");
    let end = [(3, 4, 2, false, false, 3), (3, 3, 2, false, false, 4)];
    assert_eq!(runs_on(&play, &["6.5", "7.5"]), end);
    // Had it been there, all would hold.
    let play = Play::new("")
        .horizon("99s")
        .act("1", &volume("Create", r#"name: "v", size: 10, dataCenterId: "EU-RO-1""#))
        .update("4", r#"network_volume: "v", flashboot: true"#)
        .update("5", "concurrency: 2");
    assert_eq!(runs_on(&play, &["5.5"]), [(5, 4, 2, true, true, 3)]);
}

const CREATE_E: &str =
    r#"CreateEndpoint(name: "e", gpus: "RTX A4000", image_gb: 5, execution_timeout: "1h")"#;

/// An endpoint whose maximum is taken to 0 and that is deleted a second later.
fn closed(play: Play, at: u32) -> Play {
    play.update(&at.to_string(), "workers_max: 0")
        .act(&(at + 1).to_string(), r#"DeleteEndpoint(endpoint: "e")"#)
}

/// What was scheduled for a job of the endpoint of before is none of the new one's business: j1 would have been done at
/// 103, and has the row that j2 gets.
#[test]
fn sls_14_job_08_an_endpoint_made_anew_hears_nothing_of_what_was_before() {
    let play = Play::new(r#"execution_timeout: "1h""#)
        .jobs("0 100s")
        .act("10", r#"CancelJob(endpoint: "e", id: "j1")"#);
    let told = closed(play, 11).act("13", CREATE_E).jobs("60 1000s").told();
    told.jobs("j1 3–10 s1 cold CANCELLED (cancel_job); j2 63–1063 s6 cold");
}

/// One GPU on each of two hosts, a loss that is noticed after a minute: that of j1 at 70, when the endpoint is gone.
fn unnoticed() -> Play {
    let play = Play::new("workers_max: 1")
        .hosts(2, 1)
        .rule(|rules| rules.serverless.worker_loss_detection = Span::from_seconds(60))
        .jobs("0 100s")
        .platform("10", r#"HostDown(host: "h1")"#);
    closed(play, 11)
}

#[test]
fn sls_14_sls_38_jobs_of_a_worker_whose_loss_nobody_noticed_end_with_their_endpoint() {
    unnoticed().told().jobs("j1 3–12 s1 cold CANCELLED (deleted)");
    let again = unnoticed().act("13", CREATE_E).jobs("14 5s");
    let told = again.told();
    told.jobs("j1 3–12 s1 cold CANCELLED (deleted); j2 17–22 s4 cold");
    let in_progress = again.seen(&["100"], &mut |turn, scenario| {
        let endpoint = walras::ids::Id::from_index(0);
        assert_eq!(scenario.endpoints[0].name, "e");
        turn.world.endpoints[endpoint].counts().in_progress
    });
    assert_eq!(in_progress, [0]);
}

/// Three active workers of one GPU each, one of them worked on at a time: it stops, and its successor is ready 3 s later.
#[test]
fn sls_11_batch_the_others_work_on_until_the_ones_before_them_are_replaced() {
    let told = Play::new("workers_min: 3, workers_max: 3")
        .horizon("199.5s")
        .rule(|rules| rules.serverless.rollout = Rollout::Batch)
        .update("100", "concurrency: 2")
        .told();
    told.runs(
        "s1 0/3/100 100 s 0.011 active outdated; s2 0/3/103 103 s 0.01133 active outdated;
        s3 0/3/106 106 s 0.01166 active outdated; s1 100/103/199.5 100 s 0.011 active alive;
        s2 103/106/199.5 97 s 0.01067 active alive; s3 106/109/199.5 94 s 0.01034 active alive",
    );
}

/// It was submitted when a job might be taken three times.
#[test]
fn sls_10_job_14_attempts_are_those_of_the_time_of_submission() {
    let told = Play::new("workers_max: 1, max_attempts: 3")
        .hosts(2, 1)
        .jobs("0 50s")
        .update("5", "max_attempts: 1")
        .platform("30", r#"HostDown(host: "h1")"#)
        .jobs("90 50s")
        .platform("100", r#"HostDown(host: "h2")"#)
        .told();
    told.jobs("j1 33–83 s1 cold; j2 93–100 s1 cold FAILED (worker_lost)");
}

/// SLS-11, `batch`, SLS-20. The idle one goes at 130, the busy one follows as nobody is woken in its place: so one is, for
/// one is to be active.
#[test]
fn sls_11_sls_20_who_is_worked_on_is_replaced_at_once() {
    Play::new(r#"workers_min: 1, workers_max: 2, idle_timeout: "1h""#)
        .rule(|rules| rules.serverless.rollout = Rollout::Batch)
        .horizon("10m")
        .jobs("10 100s; 11 100s; 119 300s")
        .update("130", "concurrency: 2")
        .told()
        .runs(
            "s1 0/3/130 130 s 0.0143 active outdated; s2 15/18/419 404 s 0.05019 outdated;
            s1 130/133/600 471 s 0.05181 active alive",
        );
}
