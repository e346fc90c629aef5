//! Hosts' lives: heartbeats and reliability, listing, maintenance, departures, arrivals (HOST-02,
//! HOST-05 to HOST-11, CLD-04).

mod beats;
mod by_cloud;
mod losses;
mod replay;

use crate::stage::Case;
use walras::journal::Fact;
use walras::scenario::load::from_text;

#[test]
fn hosts_live_as_it_was_solved_by_hand() {
    Case::check_all(&Case::read(include_str!("hosts/solved.txt")));
}

/// HOST-06, TMPL-05. A host that leaves takes its images with it: none is evicted there to make room, though what
/// its pod leaves is more than it keeps.
#[test]
fn host_06_who_leaves_evicts_nothing() {
    let evicted = |what: &str| {
        let text = format!(
            r#"(
                horizon: "3h", sample_every: None, rules: (image_cache_gb: 20),
                fleet: [(name: "h", gpu_type: "NVIDIA A40", cloud: COMMUNITY, gpus: 1)],
                accounts: [(name: "a", balance: 100)],
                script: [
                    (at: "0s", account: "a", do: CreatePod(
                        name: "p", gpuTypeId: "NVIDIA A40", imageName: "big", image_gb: 50)),
                    (at: "1h", {what}),
                ],
            )"#
        );
        let scenario = from_text("leaves", &text).unwrap_or_else(|faults| panic!("{faults}"));
        let facts = crate::build::run_audited(&scenario, 0).into_iter();
        facts.filter(|(_, fact)| matches!(fact, Fact::ImageEvicted { .. })).count()
    };
    assert_eq!(evicted(r#"account: "a", do: TerminatePod(podId: "p")"#), 1);
    assert_eq!(evicted(r#"do: HostLeave(host: "h")"#), 0);
}
