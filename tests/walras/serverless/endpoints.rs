//! Rules of endpoints that no worked example proves: what they are, what is refused, what changes.

use super::play::Play;
use walras::ids::{EndpointId, HostId, Id};
use walras::scenario::rules::Rules;
use walras::scenario::rules::serverless::Rollout;
use walras::units::Span;
use walras::world::endpoint::slots::SlotState;

fn e() -> EndpointId {
    EndpointId::from_index(0)
}

/// A market in which e is made by the script, if it is.
fn created(fields: &str) -> Play {
    let create = format!("CreateEndpoint(name: \"e\", {fields})");
    Play::new("").without_endpoint().horizon("200s").act("1", &create)
}

/// SLS-01. Workers run in the secure cloud alone.
#[test]
fn sls_01_workers_run_in_the_secure_cloud() {
    let host = r#"(name: "h1", gpu_type: "NVIDIA RTX A4000", gpus: 8, cloud: COMMUNITY),"#;
    let told = Play::new("").fleet(host).horizon("100s").jobs("0 5s").told();
    told.runs("").steps("0 s1 throttled").jobs("j1 IN_QUEUE at 100");
    let both = |rules: &mut Rules| {
        rules.serverless.serverless_clouds = walras::scenario::demand::Clouds::All;
    };
    let told = Play::new("").fleet(host).horizon("100s").rule(both).jobs("0 5s").told();
    told.runs("s1 0/3/13 13 s 0.00208");
}

/// SLS-02, SLS-06, SLS-07, SLS-08. What CreateEndpoint refuses.
#[test]
fn sls_02_sls_06_sls_07_sls_08_what_a_new_endpoint_may_not_be() {
    let volume = r#"network_volume: "v", "#;
    let cases = [
        (r#"image_gb: 5"#, "bad_argument"),
        (r#"gpus: "RTX A4000""#, "bad_argument"),
        (r#"gpus: "RTX A4000", image_gb: 5, gpus_per_worker: 2"#, "bad_argument"),
        (r#"gpus: ["RTX A6000", "RTX A4000"], image_gb: 5, gpus_per_worker: 2"#, "bad_argument"),
        (r#"gpus: "RTX A6000", image_gb: 5, gpus_per_worker: 9"#, "bad_argument"),
        (r#"gpus: "RTX A4000", image_gb: 6"#, "too_large"),
        (r#"gpus: "RTX A4000", image_gb: 5, model_gb: 17"#, "too_large"),
        (r#"gpus: "RTX A4000", image_gb: 5, workers_max: 101"#, "too_large"),
        (r#"gpus: "RTX A4000", image_gb: 5, workers_min: 4"#, "bad_argument"),
        (r#"gpus: "RTX A4000", image_gb: 5, idle_timeout: "0.5s""#, "bad_argument"),
        (
            &format!(r#"{volume} gpus: "RTX A4000", image_gb: 5, data_centers: "EU-CZ-1""#),
            "bad_argument",
        ),
    ];
    let make = r#"CreateNetworkVolume(name: "v", size: 10, dataCenterId: "EU-RO-1")"#;
    let hosts = r#"
        (name: "h1", gpu_type: "NVIDIA RTX A4000", datacenter: "EU-RO-1"),
        (name: "h2", gpu_type: "NVIDIA RTX A4000", datacenter: "EU-CZ-1"),"#;
    for (fields, reason) in cases {
        let told = created(fields).fleet(hosts).act("0", make).told();
        told.refused(&format!("1 CreateEndpoint e {reason}"));
    }
    created(r#"gpus: "RTX A4000", image_gb: 5"#).told().refused("");
}

/// SLS-07. Another account's volume is unknown; where a volume is, its workers are; once it is lost nothing is
/// woken until an update.
#[test]
fn sls_07_workers_are_where_the_network_volume_is() {
    let hosts = r#"
        (name: "h1", gpu_type: "NVIDIA RTX A4000", gpus: 8, datacenter: "EU-CZ-1"),
        (name: "h2", gpu_type: "NVIDIA RTX A4000", gpus: 8, datacenter: "EU-RO-1"),"#;
    let fields = r#"gpus: "RTX A4000", image_gb: 0, network_volume: "v""#;
    let make = r#"CreateNetworkVolume(name: "v", size: 10, dataCenterId: "EU-RO-1")"#;
    let told = created(fields)
        .accounts(r#"(name: "a", balance: 100), (name: "b", balance: 100),"#)
        .act_as("b", "0", make)
        .told();
    told.refused("1 CreateEndpoint e unknown");
    let told = created(fields)
        .fleet(hosts)
        .act("0", make)
        .jobs("10 5s; 60 5s; 90 5s")
        .act("50", r#"DeleteNetworkVolume(networkVolumeId: "v")"#)
        .told();
    told.runs(
        "s1@h2 10/13/23 13 s 0.00208; s1@h2 60/63/73 13 s 0.00208; s1@h2 90/93/103 13 s 0.00208",
    )
    .refused("50 DeleteNetworkVolume v illegal_state");
    // BILL-13. At 3600 the second hour of the volume is not covered, and ten seconds later it is lost.
    let told = created(fields)
        .fleet(hosts)
        .horizon("2h")
        .balance("0.001")
        .rule(|rules| rules.drained_hold = Span::from_seconds(10))
        .act("0", make)
        .act("3620", "Deposit(amount: 10)")
        .jobs("3630 5s")
        .update("3650", "workers_max: 2")
        .update("3660", "network_volume: None")
        .told();
    told.runs("s1@h2 3660/3663/3673 13 s 0.00208").jobs("j1 3663–3668 s1 cold").refused("");
}

/// SLS-09. A quick deploy says what is left out.
#[test]
fn sls_09_a_quick_deploy_is_an_ordinary_endpoint() {
    let submit = r#"SubmitJob(endpoint: "e", id: "j")"#;
    let told = created(r#"gpus: "RTX A4000", quick_deploy: "whisper", workers_max: 1"#)
        .horizon("1h")
        .act("100", submit)
        .told();
    // 8 GB at 1 Gbit/s are there after 64 s; it starts in 1 s, loads 6 GB in 3 s, and executes 8 s.
    told.runs("s1 100/104/117 17 s 0.00272").postings(
        "117 serverless_compute e-w1 1 × 17 × 1 s 0.00272; 117 host_payout e-w1 1 × 17 × 1 s 0.0020672;
        117 serverless_disk e-w1 10 × 1 × 300 s 0.00011574; 117 host_payout e-w1 10 × 1 × 300 s 0.000087962",
    );
}

/// SLS-05, SLS-18. A worker pays by the type that it got; the best type that is there comes first, and a class
/// stands for its types.
#[test]
fn sls_05_a_worker_pays_by_the_type_that_it_got() {
    let hosts = r#"
        (name: "h1", gpu_type: "NVIDIA RTX A4000", gpus: 1, datacenter: "EU-RO-1"),
        (name: "h2", gpu_type: "NVIDIA RTX A6000", gpus: 1, datacenter: "EU-RO-1"),"#;
    let told =
        Play::new(r#"gpus: ["RTX A6000", "AMPERE_16"]"#).fleet(hosts).jobs("0 5s; 0 5s").told();
    // All slots are on h2; the second finds it full, and pulls 5 GB on h1.
    told.runs("s1@h2 0/3/18 18 s 0.00612; s2@h1 44/47/52 8 s 0.00128");
}

/// SLS-15, SLS-18. An endpoint has workers_max + 2 slots, bound to the hosts with the fewest of them, then the most
/// free GPUs, then the lowest id; without `prewarm` they are bound when they are woken.
#[test]
fn sls_15_sls_18_slots_are_spread_over_hosts() {
    let hosts = r#"
        (name: "h1", gpu_type: "NVIDIA RTX A4000", gpus: 2, datacenter: "EU-RO-1"),
        (name: "h2", gpu_type: "NVIDIA RTX A4000", gpus: 4, datacenter: "EU-RO-1"),
        (name: "h3", gpu_type: "NVIDIA RTX A4000", gpus: 4, datacenter: "EU-RO-1"),"#;
    let bound = |play: Play| {
        play.fleet(hosts).seen(&["1"], &mut |turn, _| {
            let slots = turn.world.endpoints[e()].slots.iter();
            slots.map(|slot| (slot.number, slot.host.map(HostId::index))).collect::<Vec<_>>()
        })
    };
    let hosts = [(1, Some(1)), (2, Some(2)), (3, Some(0)), (4, Some(1)), (5, Some(2))];
    assert_eq!(bound(Play::new("")), [hosts.to_vec()]);
    let later = Play::new("").rule(|rules| rules.serverless.prewarm = false);
    let none: Vec<(u32, Option<usize>)> = (1..=5).map(|number| (number, None)).collect();
    assert_eq!(bound(later), [none]);
}

/// SLS-10. Live fields need no restart: limits hold for later submissions, a running idle timeout counts anew from
/// the same beginning, one that is past by then ends at once.
#[test]
fn sls_10_live_fields_change_in_place() {
    let longer = Play::new("").jobs("0 5s").update("10", r#"idle_timeout: "20s""#).told();
    longer.runs("s1 0/3/28 28 s 0.00448");
    let shorter = Play::new("").jobs("0 5s").update("10", r#"idle_timeout: "1s""#).told();
    shorter.runs("s1 0/3/10 10 s 0.0016");
    let limits = Play::new("workers_max: 1")
        .jobs("0 10s; 5 10s")
        .update("2", r#"execution_timeout: "6s""#)
        .told();
    limits.jobs("j1 3–13 s1 cold; j2 13–19 s1 TIMED_OUT (execution_timeout)");
    let wrong = Play::new("").horizon("10s").update("2", r#"idle_timeout: "2h""#).told();
    wrong.refused("2 UpdateEndpoint e bad_argument");
    let wrong = Play::new("").horizon("10s").update("2", "gpus_per_worker: 2");
    let wrong = wrong.update("3", "model_gb: 17").told();
    wrong.refused("2 UpdateEndpoint e bad_argument; 3 UpdateEndpoint e too_large");
}

/// SLS-11. Three busy workers under each rollout: all drain; or one at a time; or none.
#[test]
fn sls_11_workers_of_an_older_revision() {
    let rolled = |rule: fn(&mut Rules)| {
        Play::new("scaler: RequestCount(1)")
            .rule(rule)
            .jobs("0 20s; 1 20s; 2 20s; 11 5s")
            .update("10", "concurrency: 1")
            .told()
    };
    rolled(|_| {})
        .runs(
            "s1 0/3/23 23 s 0.00368 outdated; s2 1/4/24 23 s 0.00368 outdated;
            s3 2/5/25 23 s 0.00368 outdated; s1 23/26/36 13 s 0.00208",
        )
        .jobs("j1 3–23 s1 cold; j2 4–24 s2 cold; j3 5–25 s3 cold; j4 26–31 s1 cold");
    // s1 stops at 23, and who is woken for j4 in its place is ready at 26: by then s2 has j4. It stops at 29, and s3,
    // which has been idle since 25, too.
    rolled(|rules| rules.serverless.rollout = Rollout::Batch)
        .steps_of("drains", "10 s1 drains (outdated); 26 s2 drains (outdated)")
        .runs(
            "s1 0/3/23 23 s 0.00368 outdated; s2 1/4/29 28 s 0.00448 outdated;
            s3 2/5/29 27 s 0.00432 outdated; s1 23/26/31 8 s 0.00128",
        )
        .jobs("j1 3–23 s1 cold; j2 4–24 s2 cold; j3 5–25 s3 cold; j4 24–29 s2");
    rolled(|rules| rules.serverless.rollout = Rollout::Lazy)
        .runs("s1 0/3/33 33 s 0.00528; s2 1/4/29 28 s 0.00448; s3 2/5/30 28 s 0.00448")
        .jobs("j1 3–23 s1 cold; j2 4–24 s2 cold; j3 5–25 s3 cold; j4 23–28 s1");
}

/// SLS-11. Slots asleep pull again if the image changed.
#[test]
fn sls_11_a_new_image_is_pulled_again() {
    let told = Play::new("").jobs("0 5s; 20 5s").update("15", "image_gb: 3").told();
    // 3 GB at 1 Gbit/s: 24 s.
    told.runs("s1 0/3/13 13 s 0.00208; s1 39/42/52 13 s 0.00208");
}

/// SLS-14. What is deleted is gone with its results, and its queue is cancelled.
#[test]
fn sls_14_a_deleted_endpoint_is_gone() {
    let play = Play::new("")
        .jobs("0 5s; 30 5s")
        .update("20", "workers_max: 0")
        .act("40", r#"DeleteEndpoint(endpoint: "e")"#)
        .jobs("50 5s");
    let told = play.told();
    told.runs("s1 0/3/13 13 s 0.00208")
        .jobs("j1 3–8 s1 cold; j2 CANCELLED at 40 (deleted)")
        .refused("50 SubmitJob j3 unknown");
    let seen = play.seen(&["39", "40"], &mut |turn, _| {
        walras::serverless::answer::status(turn, walras::ids::RequestNameId::from_index(0))
            .is_some()
    });
    assert_eq!(seen, [true, false]);
}

/// SLS-16, SLS-17. The table of states, and all ways out of them.
#[test]
fn sls_16_the_table_of_states() {
    use SlotState::{Busy, Idle, Preparing, Reserved, Standby, Starting, Throttled, Unhealthy};
    let table: [(SlotState, &[SlotState]); 8] = [
        (Preparing, &[Standby, Starting, Reserved, Throttled, Preparing]),
        (Standby, &[Starting, Reserved, Throttled, Preparing, Standby]),
        (Throttled, &[Starting, Reserved, Standby, Preparing]),
        (Reserved, &[Starting, Standby, Preparing]),
        (Starting, &[Busy, Idle, Unhealthy, Standby, Preparing]),
        (Idle, &[Busy, Standby, Preparing]),
        (Busy, &[Busy, Idle, Standby, Preparing]),
        (Unhealthy, &[Standby, Preparing]),
    ];
    for (state, ways) in table {
        for (next, _) in table {
            assert_eq!(state.leads_to(next), ways.contains(&next), "{state:?} to {next:?}");
        }
        let live = [Throttled, Reserved, Starting, Idle, Busy].contains(&state);
        assert_eq!(state.is_live(), live, "{state:?}");
    }
}
