//! What is said of a reserve that cannot wander as it is stated, and of a cap on bids (SPOT-02, SPOT-17).

use super::with;
use crate::scenario::refused;
use expect_test::expect;

#[test]
fn spot_17_a_walk_has_two_amounts_or_two_shares() {
    let walk = "walk(start: 0.3, ceiling_share: 0.4, sigma: 0.1, every: \"1h\")";
    expect![[r#"
        error: missing field `start_share`
         --> test.ron:4:27
          |
        4 |     rules: (spot_reserve: walk(start: 0.3, ceiling_share: 0.4, sigma: 0.1, every: "1h"))
          |                           ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ expected a field `start_share` in here
          |
          = note: field: rules.spot_reserve

        error: an amount beside a share
         --> test.ron:4:39
          |
        4 |     rules: (spot_reserve: walk(start: 0.3, ceiling_share: 0.4, sigma: 0.1, every: "1h"))
          |                                       ^^^ expected `start_share`, as both levels are of one kind
          |
          = note: field: rules.spot_reserve.start
    "#]]
    .assert_eq(&refused(&with(&format!("rules: (spot_reserve: {walk})"))));
}

#[test]
fn spot_17_a_walk_starts_below_its_ceiling_and_spot_02_a_cap_is_above_zero() {
    let walk = "walk(start_share: 0.5, ceiling_share: 0.4, sigma: 0.1, every: \"0s\")";
    expect![[r#"
        error: `bid_cap` is zero
         --> test.ron:4:22
          |
        4 |     rules: (bid_cap: 0, spot_reserve: walk(start_share: 0.5, ceiling_share: 0.4, sigma: 0.1, every: "0s"))
          |                      ^ expected a positive number or None (SPOT-02)
          |
          = note: field: rules.bid_cap

        error: a walk that starts above its ceiling
         --> test.ron:4:57
          |
        4 |     rules: (bid_cap: 0, spot_reserve: walk(start_share: 0.5, ceiling_share: 0.4, sigma: 0.1, every: "0s"))
          |                                                         ^^^ expected at most the ceiling
          |
          = note: field: rules.spot_reserve.start_share

        error: `every` is zero
         --> test.ron:4:101
          |
        4 |     rules: (bid_cap: 0, spot_reserve: walk(start_share: 0.5, ceiling_share: 0.4, sigma: 0.1, every: "0s"))
          |                                                                                                     ^^^^ expected a positive duration (SPOT-17)
          |
          = note: field: rules.spot_reserve.every
    "#]]
        .assert_eq(&refused(&with(&format!("rules: (bid_cap: 0, spot_reserve: {walk})"))));
}
