//! What may be wrong with customers who decide.

use crate::scenario::{poisson, refused};
use expect_test::{Expect, expect};

fn check(fields: &str, expected: Expect) {
    expected.assert_eq(&refused(&poisson(fields)));
}

#[test]
fn a_bid_states_one_way_of_bidding() {
    check(
        r#"duration: "1h", kind: spot(bid: 0.5, minimum_winning: 0.01)"#,
        expect![[r#"
        error: a bid is one amount
         --> test.ron:9:31
          |
        9 |         duration: "1h", kind: spot(bid: 0.5, minimum_winning: 0.01)
          |                               ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ expected one of `bid` in USD, `share` of the on-demand price, `minimum_winning` and a margin in USD, `value_share`, or the `policy` of one's program
          |
          = note: field: customers[0].kind
    "#]],
    );
    check(
        r#"duration: "1h", kind: spot(minimum_winning: 0.01, escalating: (times: 2))"#,
        expect![[r#"
            error: a bid that follows the market escalates
             --> test.ron:9:71
              |
            9 |         duration: "1h", kind: spot(minimum_winning: 0.01, escalating: (times: 2))
              |                                                                       ^^^^^^^^^^ expected `escalating` beside `bid` or `share`
              |
              = note: field: customers[0].kind.escalating
        "#]],
    );
    check(
        r#"duration: "1h", kind: spot(value_share: 1)"#,
        expect![[r#"
        error: a bid by the value of the work
         --> test.ron:9:49
          |
        9 |         duration: "1h", kind: spot(value_share: 1)
          |                                                 ^ expected a `value` of the segment, and work that ends
          |
          = note: field: customers[0].kind.value_share
    "#]],
    );
    check(
        r#"duration: "1h", kind: spot(bid: 0.5, escalating: (times: 1))"#,
        expect![[r#"
        error: a bid that does not grow
         --> test.ron:9:66
          |
        9 |         duration: "1h", kind: spot(bid: 0.5, escalating: (times: 1))
          |                                                                  ^ expected a factor above 1
          |
          = note: field: customers[0].kind.escalating.times
    "#]],
    );
}

#[test]
fn a_step_that_is_none() {
    check(
        r#"duration: "1h", conduct: (on_refused: [retyr()])"#,
        expect![[r#"
        error: unknown choice `retyr`
         --> test.ron:9:48
          |
        9 |         duration: "1h", conduct: (on_refused: [retyr()])
          |                                                ^^^^^ expected one of retry, raise_bid, fewer_gpus, other_type, on_demand, spot, resume, deposit, leave
          |
          = note: field: customers[0].conduct.on_refused[0]
          = help: did you mean `retry`?
    "#]],
    );
    check(
        r#"duration: "1h", conduct: (on_outbid: [retry(times: None), other_type("NVIDIA RTX A600")])"#,
        expect![[r#"
            error: tries without end at one instant
             --> test.ron:9:47
              |
            9 |         duration: "1h", conduct: (on_outbid: [retry(times: None), other_type("NVIDIA RTX A600")])
              |                                               ^^^^^^^^^^^^^^^^^^ expected a delay `after` of at least a microsecond
              |
              = note: field: customers[0].conduct.on_outbid[0]

            error: unknown GPU type `NVIDIA RTX A600`
             --> test.ron:9:78
              |
            9 |         duration: "1h", conduct: (on_outbid: [retry(times: None), other_type("NVIDIA RTX A600")])
              |                                                                              ^^^^^^^^^^^^^^^^^ expected a GPU type of the catalogue or of `gpu_types`
              |
              = note: field: customers[0].conduct.on_outbid[1]
              = help: did you mean `NVIDIA RTX A6000`?
        "#]],
    );
    check(
        r#"duration: "1h", conduct: (on_stopped: [deposit(amount: 5), deposit(), resume(patience: "x")])"#,
        expect![[r#"
            error: deposit below the minimum (ACCT-02)
             --> test.ron:9:64
              |
            9 |         duration: "1h", conduct: (on_stopped: [deposit(amount: 5), deposit(), resume(patience: "x")])
              |                                                                ^ expected at least the minimum deposit, 10 USD
              |
              = note: field: customers[0].conduct.on_stopped[0].amount

            error: missing field `amount`
             --> test.ron:9:68
              |
            9 |         duration: "1h", conduct: (on_stopped: [deposit(amount: 5), deposit(), resume(patience: "x")])
              |                                                                    ^^^^^^^^^ expected a field `amount` in here
              |
              = note: field: customers[0].conduct.on_stopped[1]

            error: unreadable duration
             --> test.ron:9:96
              |
            9 |         duration: "1h", conduct: (on_stopped: [deposit(amount: 5), deposit(), resume(patience: "x")])
              |                                                                                                ^^^ expected a duration such as "5s", "90m", "1h30m", "36h" or "30d" (units: us, ms, s, m, h, d, w)
              |
              = note: field: customers[0].conduct.on_stopped[2].patience
        "#]],
    );
}

#[test]
fn a_policy_that_has_nothing_to_go_by() {
    check(
        r#"duration: None, kind: spot(bid: 0.5), conduct: (switching: greedy())"#,
        expect![[r#"
            error: no deadline to run by
             --> test.ron:9:68
              |
            9 |         duration: None, kind: spot(bid: 0.5), conduct: (switching: greedy())
              |                                                                    ^^^^^^^^ expected a `deadline` beside it
              |
              = note: field: customers[0].conduct.switching

            error: work without end
             --> test.ron:9:68
              |
            9 |         duration: None, kind: spot(bid: 0.5), conduct: (switching: greedy())
              |                                                                    ^^^^^^^^ expected a `duration` or `work` that ends
              |
              = note: field: customers[0].conduct.switching
        "#]],
    );
    check(
        r#"duration: "1h", kind: spot(bid: 1), conduct: (deadline: "2h", switching: greedy(changeover: "0s"))"#,
        expect![[r#"
            error: a changeover of no time
             --> test.ron:9:101
              |
            9 |         duration: "1h", kind: spot(bid: 1), conduct: (deadline: "2h", switching: greedy(changeover: "0s"))
              |                                                                                                     ^^^^ expected at least a second
              |
              = note: field: customers[0].conduct.switching.changeover
        "#]],
    );
    check(
        r#"duration: "1h", conduct: (late: go, switching: after_losses(losses: 0))"#,
        expect![[r#"
            error: unknown choice `go`
             --> test.ron:9:41
              |
            9 |         duration: "1h", conduct: (late: go, switching: after_losses(losses: 0))
              |                                         ^^ expected one of leave, stay
              |
              = note: field: customers[0].conduct.late

            error: nothing to go to on demand from
             --> test.ron:9:56
              |
            9 |         duration: "1h", conduct: (late: go, switching: after_losses(losses: 0))
              |                                                        ^^^^^^^^^^^^^^^^^^^^^^^ expected a segment that buys spot at first, `kind: spot(…)`
              |
              = note: field: customers[0].conduct.switching

            error: no loss to wait for
             --> test.ron:9:77
              |
            9 |         duration: "1h", conduct: (late: go, switching: after_losses(losses: 0))
              |                                                                             ^ expected a whole number of at least 1
              |
              = note: field: customers[0].conduct.switching.losses
        "#]],
    );
}
