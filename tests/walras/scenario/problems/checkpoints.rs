//! What may be wrong with checkpoints (POD-20, STOR-07).

use crate::scenario::{poisson, refused};
use expect_test::{Expect, expect};

fn check(fields: &str, expected: Expect) {
    expected.assert_eq(&refused(&poisson(&format!(r#"duration: "1h", {fields},"#))));
}

#[test]
fn a_policy_that_is_none() {
    check(
        r#"volume_gb: 9, checkpoint: (policy: daily, cost: "1s")"#,
        expect![[r#"
        error: unknown choice `daily`
         --> test.ron:9:60
          |
        9 |         duration: "1h", volume_gb: 9, checkpoint: (policy: daily, cost: "1s"),
          |                                                            ^^^^^ expected never, interval("30m"), young or daly
          |
          = note: field: customers[0].checkpoint.policy
          = help: did you mean `daly`?
    "#]],
    );
    check(
        r#"volume_gb: 9, checkpoint: (policy: interval)"#,
        expect![[r#"
            error: unreadable choice
             --> test.ron:9:60
              |
            9 |         duration: "1h", volume_gb: 9, checkpoint: (policy: interval),
              |                                                            ^^^^^^^^ expected never, interval("30m"), young or daly
              |
              = note: field: customers[0].checkpoint.policy
        "#]],
    );
    check(
        r#"volume_gb: 9, checkpoint: (policy: interval(30))"#,
        expect![[r#"
        error: unreadable duration
         --> test.ron:9:60
          |
        9 |         duration: "1h", volume_gb: 9, checkpoint: (policy: interval(30)),
          |                                                            ^^^^^^^^^^^^ expected a duration in quotation marks, such as "90s", "1h30m" or "30d"
          |
          = note: field: customers[0].checkpoint.policy
    "#]],
    );
    check(
        r#"volume_gb: 9, checkpoint: (policy: interval("0s"))"#,
        expect![[r#"
        error: checkpoints without end
         --> test.ron:9:60
          |
        9 |         duration: "1h", volume_gb: 9, checkpoint: (policy: interval("0s")),
          |                                                            ^^^^^^^^^^^^^^ expected an interval above 0
          |
          = note: field: customers[0].checkpoint.policy
    "#]],
    );
    check(
        r#"volume_gb: 9, checkpoint: (policy: young("1h"))"#,
        expect![[r#"
            error: unreadable choice
             --> test.ron:9:60
              |
            9 |         duration: "1h", volume_gb: 9, checkpoint: (policy: young("1h")),
              |                                                            ^^^^^^^^^^^ expected never, interval("30m"), young or daly
              |
              = note: field: customers[0].checkpoint.policy
        "#]],
    );
}

#[test]
fn a_field_that_is_none() {
    check(
        r#"volume_gb: 9, checkpoint: (interval: "30m")"#,
        expect![[r#"
        error: unknown field `interval`
         --> test.ron:9:52
          |
        9 |         duration: "1h", volume_gb: 9, checkpoint: (interval: "30m"),
          |                                                    ^^^^^^^^ expected one of policy, cost, restart, on_sigterm, mean_time_to_preemption
          |
          = note: field: customers[0].checkpoint.interval
    "#]],
    );
}

#[test]
fn what_young_and_daly_reckon_with() {
    check(
        "volume_gb: 9, checkpoint: (policy: young)",
        expect![[r#"
        error: missing field `mean_time_to_preemption`
         --> test.ron:9:51
          |
        9 |         duration: "1h", volume_gb: 9, checkpoint: (policy: young),
          |                                                   ^^^^^^^^^^^^^^^ expected a field `mean_time_to_preemption` in here
          |
          = note: field: customers[0].checkpoint

        error: checkpoints that take no time
         --> test.ron:9:51
          |
        9 |         duration: "1h", volume_gb: 9, checkpoint: (policy: young),
          |                                                   ^^^^^^^^^^^^^^^ expected a `cost` above 0, on which the interval hangs
          |
          = note: field: customers[0].checkpoint
    "#]],
    );
    check(
        r#"volume_gb: 9, checkpoint: (policy: daly, cost: "0s", mean_time_to_preemption: "0s")"#,
        expect![[r#"
            error: checkpoints that take no time
             --> test.ron:9:72
              |
            9 |         duration: "1h", volume_gb: 9, checkpoint: (policy: daly, cost: "0s", mean_time_to_preemption: "0s"),
              |                                                                        ^^^^ expected a `cost` above 0, on which the interval hangs
              |
              = note: field: customers[0].checkpoint.cost

            error: preempted without end
             --> test.ron:9:103
              |
            9 |         duration: "1h", volume_gb: 9, checkpoint: (policy: daly, cost: "0s", mean_time_to_preemption: "0s"),
              |                                                                                                       ^^^^ expected a mean time above 0
              |
              = note: field: customers[0].checkpoint.mean_time_to_preemption
        "#]],
    );
}

#[test]
fn checkpoints_that_nothing_would_keep() {
    check(
        r#"checkpoint: (policy: interval("30m"))"#,
        expect![[r#"
        error: checkpoints without a volume
         --> test.ron:9:37
          |
        9 |         duration: "1h", checkpoint: (policy: interval("30m")),
          |                                     ^^^^^^^^^^^^^^^^^^^^^^^^^ expected a `volume_gb` of at least 1: only what is on a volume is kept (STOR-07)
          |
          = note: field: customers[0].checkpoint
    "#]],
    );
    check(
        "volume_gb: 0, checkpoint: (on_sigterm: true)",
        expect![[r#"
        error: checkpoints without a volume
         --> test.ron:9:36
          |
        9 |         duration: "1h", volume_gb: 0, checkpoint: (on_sigterm: true),
          |                                    ^ expected a `volume_gb` of at least 1: only what is on a volume is kept (STOR-07)
          |
          = note: field: customers[0].volume_gb
    "#]],
    );
}

#[test]
fn a_scripted_pod_is_checked_alike() {
    let text = r#"(
        horizon: "7d",
        fleet: [(gpu_type: "NVIDIA RTX A6000", datacenter: "EU-RO-1")],
        accounts: [(name: "a", balance: 50)],
        script: [
            (at: "0s", account: "a", do: CreatePod(name: "p", gpuTypeId: "NVIDIA RTX A6000",
                checkpoint: (policy: interval("30m"), cost: 30))),
        ],
    )"#;
    expect![[r#"
        error: checkpoints without a volume
         --> test.ron:7:29
          |
        7 |                 checkpoint: (policy: interval("30m"), cost: 30))),
          |                             ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ expected a `volumeInGb` of at least 1: only what is on a volume is kept (STOR-07)
          |
          = note: field: script[0].do.checkpoint

        error: unreadable duration
         --> test.ron:7:61
          |
        7 |                 checkpoint: (policy: interval("30m"), cost: 30))),
          |                                                             ^^ expected a duration in quotation marks, such as "90s", "1h30m" or "30d"
          |
          = note: field: script[0].do.checkpoint.cost
    "#]].assert_eq(&refused(text));
}
