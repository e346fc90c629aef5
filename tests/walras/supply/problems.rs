//! What is wrong with a supply is told where it stands.

use crate::scenario::refused;
use expect_test::{Expect, expect};

fn check(rules: &str, supply: &str, expected: Expect) {
    expected.assert_eq(&refused(&format!(
        "(\n    horizon: \"7d\", rules: (community_pricing: host, {rules}),\n    supply: [(\n        \
        name: \"g\", gpu_type: \"NVIDIA A40\",\n        {supply}\n    )],\n)"
    )));
}

#[test]
fn nobody_comes_and_costs_and_prices_are_missing() {
    check(
        "",
        "joins_if: it_pais,",
        expect![[r#"
        error: nobody is there and nobody comes
         --> test.ron:3:14
          |
        3 |     supply: [(
          |              ^ expected `at_start` or `invited_every`
          |
          = note: field: supply[0]

        error: missing field `cost`
         --> test.ron:3:14
          |
        3 |     supply: [(
          |              ^ expected a field `cost` in here
          |
          = note: field: supply[0]

        error: missing field `asks`
         --> test.ron:3:14
          |
        3 |     supply: [(
          |              ^ expected a field `asks` in here
          |
          = note: field: supply[0]

        error: unknown choice `it_pais`
         --> test.ron:5:19
          |
        5 |         joins_if: it_pais,
          |                   ^^^^^^^ expected one of it_pays, always
          |
          = note: field: supply[0].joins_if
          = help: did you mean `it_pays`?
    "#]],
    );
}

#[test]
fn nobody_joins_where_nobody_may() {
    check(
        "community_joins: closed",
        r#"invited_every: "1d", cost: 0.1, asks: fixed(0.2), together: 1,"#,
        expect![[r#"
            error: unknown field `together`
             --> test.ron:5:59
              |
            5 |         invited_every: "1d", cost: 0.1, asks: fixed(0.2), together: 1,
              |                                                           ^^^^^^^^ expected one of name, gpu_type, gpus, vcpus, memory_gb, disk_gb, cpu_slots, download_gbps, upload_gbps, country, public_ip, power_failures, or one of 10 more: see scenarios/README.md
              |
              = note: field: supply[0].together
        "#]],
    );
    check(
        "community_joins: closed",
        r#"invited_every: "1d", cost: 0.1, asks: fixed(0.2),"#,
        expect![[r#"
            error: nobody joins under `community_joins: closed` (CLD-04)
             --> test.ron:5:24
              |
            5 |         invited_every: "1d", cost: 0.1, asks: fixed(0.2),
              |                        ^^^^ expected no `invited_every`, or another rule
              |
              = note: field: supply[0].invited_every
        "#]],
    );
}

#[test]
fn reviews_are_no_more_frequent_than_prices_may_change() {
    check(
        "",
        r#"at_start: 1, cost: 0.1, asks: fixed(0.2), review_every: "30m","#,
        expect![[r#"
            error: reviews follow one another too fast
             --> test.ron:5:65
              |
            5 |         at_start: 1, cost: 0.1, asks: fixed(0.2), review_every: "30m",
              |                                                                 ^^^^^ expected at least `host_price_interval`, which is 3600 s (HOST-13)
              |
              = note: field: supply[0].review_every
        "#]],
    );
}

#[test]
fn a_policy_that_is_none_and_bounds_out_of_order() {
    check(
        "",
        "at_start: 1, cost: 0.1, asks: match_use(),",
        expect![[r#"
        error: unknown choice `match_use`
         --> test.ron:5:39
          |
        5 |         at_start: 1, cost: 0.1, asks: match_use(),
          |                                       ^^^^^^^^^ expected one of fixed, follow_market, match_utilization, cost_plus
          |
          = note: field: supply[0].asks
          = help: did you mean `match_utilization`?
    "#]],
    );
    check(
        "",
        "at_start: 1, cost: 0.1, asks: match_utilization(floor_share: 3),",
        expect![[r#"
        error: the cap is below the floor
         --> test.ron:5:70
          |
        5 |         at_start: 1, cost: 0.1, asks: match_utilization(floor_share: 3),
          |                                                                      ^ expected a `cap_share` of at least the `floor_share`, which is 3
          |
          = note: field: supply[0].asks.floor_share
          = note: found: 2
    "#]],
    );
    check(
        "",
        "at_start: 1, cost: 0.1, asks: follow_market(of: mean), price_step: 0,",
        expect![[r#"
            error: unknown choice `mean`
             --> test.ron:5:57
              |
            5 |         at_start: 1, cost: 0.1, asks: follow_market(of: mean), price_step: 0,
              |                                                         ^^^^ expected one of median, lowest, list
              |
              = note: field: supply[0].asks.of
              = help: did you mean `median`?

            error: no step at all
             --> test.ron:5:76
              |
            5 |         at_start: 1, cost: 0.1, asks: follow_market(of: mean), price_step: 0,
              |                                                                            ^ expected a positive amount
              |
              = note: field: supply[0].price_step
        "#]],
    );
}

#[test]
fn failures_together_have_no_meaning() {
    check(
        "",
        r#"at_start: 1, cost: 0.1, asks: fixed(0.2),
        power_failures: (time_to_failure: "9d", time_to_repair: "1h", together: true),"#,
        expect![[r#"
            error: providers have nothing in common that fails
             --> test.ron:3:14
              |
            3 |     supply: [(
              |              ^ expected no `together` in a supply
              |
              = note: field: supply[0]
        "#]],
    );
}

#[test]
fn a_host_has_a_name_that_a_provider_gets() {
    expect![[r#"
        error: host `g-17` has a name that these get
         --> test.ron:4:21
          |
        4 |     supply: [(name: "g", gpu_type: "NVIDIA A40", at_start: 1, cost: 0.1, asks: fixed(0.2))],
          |                     ^^^ expected a name with which no other host's begins
          |
          = note: field: supply[0].name

        error: unknown host `g-1`
         --> test.ron:5:44
          |
        5 |     script: [(at: "1h", do: HostDown(host: "g-1"))],
          |                                            ^^^^^ expected one of g, g-17
          |
          = note: field: script[0].do.host
          = help: did you mean `g-17`?
    "#]].assert_eq(&refused(
        r#"(
    horizon: "7d",
    fleet: [(name: "g-17", gpu_type: "NVIDIA A40", cloud: COMMUNITY)],
    supply: [(name: "g", gpu_type: "NVIDIA A40", at_start: 1, cost: 0.1, asks: fixed(0.2))],
    script: [(at: "1h", do: HostDown(host: "g-1"))],
)"#,
    ));
}

#[test]
fn values_that_are_no_policy_and_too_many_of_them() {
    check(
        "",
        "at_start: 1, cost: 0.1, asks: fixed(0.3, 0.4), leaves: never,",
        expect![[r#"
        error: 2 values where one is wanted
         --> test.ron:5:39
          |
        5 |         at_start: 1, cost: 0.1, asks: fixed(0.3, 0.4), leaves: never,
          |                                       ^^^^^^^^^^^^^^^ expected a single value
          |
          = note: field: supply[0].asks

        error: `never` is no group of fields
         --> test.ron:5:64
          |
        5 |         at_start: 1, cost: 0.1, asks: fixed(0.3, 0.4), leaves: never,
          |                                                                ^^^^^ expected fields in brackets, (name: value, ...)
          |
          = note: field: supply[0].leaves
    "#]],
    );
    check(
        "",
        "at_start: 1, cost: 0.1, asks: cost_plus(0.2),",
        expect![[r#"
        error: `0.2` is no name
         --> test.ron:5:49
          |
        5 |         at_start: 1, cost: 0.1, asks: cost_plus(0.2),
          |                                                 ^^^ expected the name of a choice, or of a field before its value: (name: value, ...)
          |
          = note: field: supply[0].asks
    "#]],
    );
    check(
        "",
        "at_start: 1, cost: 0.1, asks: 0.4,",
        expect![[r#"
        error: `0.4` is no name
         --> test.ron:5:39
          |
        5 |         at_start: 1, cost: 0.1, asks: 0.4,
          |                                       ^^^ expected the name of a choice, or of a field before its value: (name: value, ...)
          |
          = note: field: supply[0].asks
    "#]],
    );
}
