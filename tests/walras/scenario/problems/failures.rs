//! Failures of hosts that make no sense.

use crate::scenario::refused;
use expect_test::{Expect, expect};

fn check(failures: &str, expected: Expect) {
    let host = r#"name: "h", gpu_type: "NVIDIA A40", cloud: COMMUNITY"#;
    expected.assert_eq(&refused(&format!(
        "(\n    horizon: \"7d\",\n    fleet: [(\n        {host},\n        {failures}\n    )],\n)"
    )));
}

#[test]
fn failures_without_repairs() {
    check(
        r#"power_failures: (time_to_failure: Exponential(mean: "9d")),"#,
        expect![[r#"
        error: missing field `time_to_repair`
         --> test.ron:5:25
          |
        5 |         power_failures: (time_to_failure: Exponential(mean: "9d")),
          |                         ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ expected a field `time_to_repair` in here
          |
          = note: field: fleet[0].power_failures
    "#]],
    );
}

#[test]
fn no_time_to_repair() {
    check(
        r#"network_failures: (time_to_failure: "9d", time_to_repair: "0s"),"#,
        expect![[r#"
        error: no time at all
         --> test.ron:5:67
          |
        5 |         network_failures: (time_to_failure: "9d", time_to_repair: "0s"),
          |                                                                   ^^^^ expected a duration above 0, or a distribution
          |
          = note: field: fleet[0].network_failures.time_to_repair
    "#]],
    );
}

#[test]
fn a_time_that_is_none() {
    check(
        r#"power_failures: (mtbf: "9d", time_to_failure: 9, time_to_repair: "1h"),"#,
        expect![[r#"
            error: unknown field `mtbf`
             --> test.ron:5:26
              |
            5 |         power_failures: (mtbf: "9d", time_to_failure: 9, time_to_repair: "1h"),
              |                          ^^^^ expected one of time_to_failure, time_to_repair, trace, together
              |
              = note: field: fleet[0].power_failures.mtbf
        "#]],
    );
}
