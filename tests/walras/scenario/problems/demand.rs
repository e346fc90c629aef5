//! What may be wrong with segments of customers.

use crate::scenario::{poisson, refused, segment};
use expect_test::{Expect, expect};

fn check(text: &str, expected: Expect) {
    expected.assert_eq(&refused(text));
}

#[test]
fn what_a_segment_cannot_do_without() {
    check(
        "(horizon: \"7d\", customers: [(name: \"labs\")])",
        expect![[r#"
        error: missing field `arrivals`
         --> test.ron:1:29
          |
        1 | (horizon: "7d", customers: [(name: "labs")])
          |                             ^^^^^^^^^^^^^^ expected a field `arrivals` in here
          |
          = note: field: customers[0]

        error: missing field `duration`
         --> test.ron:1:29
          |
        1 | (horizon: "7d", customers: [(name: "labs")])
          |                             ^^^^^^^^^^^^^^ expected a `duration` (on the GPUs asked for), or `work` in GPU-seconds
          |
          = note: field: customers[0]

        error: missing field `balance`
         --> test.ron:1:29
          |
        1 | (horizon: "7d", customers: [(name: "labs")])
          |                             ^^^^^^^^^^^^^^ expected a field `balance` in here
          |
          = note: field: customers[0]
    "#]],
    );
}

#[test]
fn an_unknown_process() {
    check(
        &segment(r#"Poison(rate: "12/h")"#, r#"duration: "1h","#),
        expect![[r#"
            error: unknown arrival process `Poison`
             --> test.ron:8:19
              |
            8 |         arrivals: Poison(rate: "12/h"),
              |                   ^^^^^^ expected one of Poisson, Renewal, Bursts, Counts, Replay
              |
              = note: field: customers[0].arrivals
              = help: did you mean `Poisson`?
        "#]],
    );
}

#[test]
fn a_rate_that_is_none() {
    check(
        &segment("Poisson(rate: 12)", r#"duration: "1h","#),
        expect![[r#"
        error: unreadable rate
         --> test.ron:8:33
          |
        8 |         arrivals: Poisson(rate: 12),
          |                                 ^^ expected a rate in quotation marks, such as "12/h" (per s, m, h, d or w)
          |
          = note: field: customers[0].arrivals.rate
    "#]],
    );
}

#[test]
fn gpus_that_no_host_has() {
    check(
        &poisson(r#"duration: "1h", gpus: Choice({1: 0.7, 8: 0.3}),"#),
        expect![[r#"
        error: a pod larger than any host
         --> test.ron:9:31
          |
        9 |         duration: "1h", gpus: Choice({1: 0.7, 8: 0.3}),
          |                               ^^^^^^^^^^^^^^^^^^^^^^^^ expected at most 4 GPUs: no acceptable host gives more to a pod
          |
          = note: field: customers[0].gpus
    "#]],
    );
}

#[test]
fn memory_that_no_host_has() {
    check(
        &poisson(r#"duration: "1h", min_memory_gb: 5000,"#),
        expect![[r#"
        error: a pod larger than any host
         --> test.ron:9:40
          |
        9 |         duration: "1h", min_memory_gb: 5000,
          |                                        ^^^^ expected at most 50 GB of memory: no acceptable host gives more to a pod of 1 GPU
          |
          = note: field: customers[0].min_memory_gb
    "#]],
    );
}

#[test]
fn a_cloud_without_hosts() {
    check(
        &poisson(r#"duration: "1h", cloud: COMMUNITY,"#),
        expect![[r#"
        error: no host of these types in this cloud
         --> test.ron:9:32
          |
        9 |         duration: "1h", cloud: COMMUNITY,
          |                                ^^^^^^^^^ expected the other cloud, or ALL
          |
          = note: field: customers[0].cloud
    "#]],
    );
}

#[test]
fn work_stated_in_two_ways() {
    check(
        &poisson(r#"duration: "1h", work: 3600,"#),
        expect![[r#"
        error: work stated in two ways
         --> test.ron:9:31
          |
        9 |         duration: "1h", work: 3600,
          |                               ^^^^ expected either `duration` or `work`
          |
          = note: field: customers[0].work
    "#]],
    );
}

#[test]
fn work_as_a_duration() {
    check(
        &poisson(r#"work: "1h","#),
        expect![[r#"
        error: unreadable value
         --> test.ron:9:15
          |
        9 |         work: "1h",
          |               ^^^^ expected a number of GPU-seconds; how long a pod runs is its `duration`, or a distribution
          |
          = note: field: customers[0].work
    "#]],
    );
}

#[test]
fn work_and_bids_without_a_gpu() {
    check(
        &poisson("work: 3600, gpus: Choice({0: 0.5, 1: 0.5}), kind: spot(bid: 0.5),"),
        expect![[r#"
            error: work without a GPU
             --> test.ron:9:15
              |
            9 |         work: 3600, gpus: Choice({0: 0.5, 1: 0.5}), kind: spot(bid: 0.5),
              |               ^^^^ expected a `duration`: without a GPU work would never be done (POD-13)
              |
              = note: field: customers[0].work

            error: a bid without a GPU
             --> test.ron:9:59
              |
            9 |         work: 3600, gpus: Choice({0: 0.5, 1: 0.5}), kind: spot(bid: 0.5),
              |                                                           ^^^^^^^^^^^^^^ expected on_demand, as there is no compute to bid for (POD-13)
              |
              = note: field: customers[0].kind
        "#]],
    );
}

#[test]
fn bids_that_are_none() {
    check(
        &poisson(r#"duration: "1h", kind: spot(),"#),
        expect![[r#"
            error: a bid is one amount
             --> test.ron:9:31
              |
            9 |         duration: "1h", kind: spot(),
              |                               ^^^^^^ expected one of `bid` in USD, `share` of the on-demand price, `minimum_winning` and a margin in USD, `value_share`, or the `policy` of one's program
              |
              = note: field: customers[0].kind
        "#]],
    );
}

#[test]
fn an_unknown_kind() {
    check(
        &poisson(r#"duration: "1h", kind: OnDemand,"#),
        expect![[r#"
            error: unknown way of buying `OnDemand`
             --> test.ron:9:31
              |
            9 |         duration: "1h", kind: OnDemand,
              |                               ^^^^^^^^ expected one of on_demand, spot, savings
              |
              = note: field: customers[0].kind
              = help: did you mean `on_demand`?
        "#]],
    );
}

#[test]
fn rates_are_a_number_per_unit_of_time() {
    for rate in ["12", "12/10m", "/h", "12/", "-1/h", "1/fortnight", "1/h/h", "many/h", "inf/h"] {
        let said = refused(&segment(&format!("Poisson(rate: \"{rate}\")"), r#"duration: "1h","#));
        assert!(said.starts_with("error: unreadable rate\n"), "{rate}: {said}");
    }
}

#[test]
fn profiles_that_are_none() {
    check(
        &segment(
            r#"Poisson(rate: "12/h", profile: Daily(amplitude: 1.5, peak_hour: 12))"#,
            r#"duration: "1h","#,
        ),
        expect![[r#"
            error: `amplitude` is out of range
             --> test.ron:8:67
              |
            8 |         arrivals: Poisson(rate: "12/h", profile: Daily(amplitude: 1.5, peak_hour: 12)),
              |                                                                   ^^^ expected a number from 0 to 1
              |
              = note: field: customers[0].arrivals.profile.amplitude
        "#]],
    );
}

#[test]
fn a_profile_of_zeros() {
    check(
        &segment(r#"Poisson(rate: "12/h", profile: Day([0, 0]))"#, r#"duration: "1h","#),
        expect![[r#"
            error: `profile` is out of range
             --> test.ron:8:50
              |
            8 |         arrivals: Poisson(rate: "12/h", profile: Day([0, 0])),
              |                                                  ^^^^^^^^^^^ expected numbers not below 0, at least one of them above
              |
              = note: field: customers[0].arrivals.profile
              = note: found: 0 throughout
        "#]],
    );
}

#[test]
fn bursts_without_states() {
    check(
        &segment("Bursts(states: [])", r#"duration: "1h","#),
        expect![[r#"
        error: `states` is out of range
         --> test.ron:8:34
          |
        8 |         arrivals: Bursts(states: []),
          |                                  ^^ expected at least one state
          |
          = note: field: customers[0].arrivals.states
          = note: found: empty
    "#]],
    );
}

#[test]
fn gaps_of_no_time() {
    check(
        &segment(r#"Renewal(gap: "0s")"#, r#"duration: "1h","#),
        expect![[r#"
        error: the mean gap is out of range
         --> test.ron:8:32
          |
        8 |         arrivals: Renewal(gap: "0s"),
          |                                ^^^^ expected at least a microsecond
          |
          = note: field: customers[0].arrivals.gap
    "#]],
    );
}

#[test]
fn arrivals_that_never_come() {
    check(
        &poisson(r#"duration: "1h", from: "8d","#),
        expect![[r#"
        error: arrivals end before they begin
         --> test.ron:9:31
          |
        9 |         duration: "1h", from: "8d",
          |                               ^^^^ expected an instant before the horizon
          |
          = note: field: customers[0].from
    "#]],
    );
}
