//! What may be wrong with distributions.

use crate::scenario::{poisson, refused};
use expect_test::{Expect, expect};

fn check(text: &str, expected: Expect) {
    expected.assert_eq(&refused(text));
}

#[test]
fn an_unknown_distribution() {
    check(
        &poisson(r#"duration: Lognormal(median: "1h", p95: "2h"),"#),
        expect![[r#"
            error: unknown distribution `Lognormal`
             --> test.ron:9:19
              |
            9 |         duration: Lognormal(median: "1h", p95: "2h"),
              |                   ^^^^^^^^^ expected one of Constant, Uniform, Exponential, LogNormal, Gamma, Weibull, Pareto, TruncatedNormal, Choice, Empirical
              |
              = note: field: customers[0].duration
              = help: did you mean `LogNormal`?
        "#]],
    );
}

#[test]
fn an_unknown_parameter() {
    check(
        &poisson(r#"duration: Exponential(mena: "1h"),"#),
        expect![[r#"
        error: unknown field `mena`
         --> test.ron:9:31
          |
        9 |         duration: Exponential(mena: "1h"),
          |                               ^^^^ expected `mean`
          |
          = note: field: customers[0].duration.mena
          = help: did you mean `mean`?
    "#]],
    );
}

#[test]
fn a_missing_parameter() {
    check(
        &poisson(r#"duration: Weibull(shape: 2), patience: LogNormal(median: "1h"),"#),
        expect![[r#"
            error: missing field `scale`
             --> test.ron:9:19
              |
            9 |         duration: Weibull(shape: 2), patience: LogNormal(median: "1h"),
              |                   ^^^^^^^^^^^^^^^^^ expected a field `scale` in here
              |
              = note: field: customers[0].duration

            error: missing field `p95`
             --> test.ron:9:48
              |
            9 |         duration: Weibull(shape: 2), patience: LogNormal(median: "1h"),
              |                                                ^^^^^^^^^^^^^^^^^^^^^^^ expected a field `p95` in here
              |
              = note: field: customers[0].patience
        "#]],
    );
}

#[test]
fn durations_inside_distributions() {
    check(
        &poisson(r#"duration: Uniform(low: 60, high: "2 hours"), patience: 60,"#),
        expect![[r#"
        error: unreadable duration
         --> test.ron:9:32
          |
        9 |         duration: Uniform(low: 60, high: "2 hours"), patience: 60,
          |                                ^^ expected a duration in quotation marks, such as "90s", "1h30m" or "30d"
          |
          = note: field: customers[0].duration.low

        error: unreadable duration
         --> test.ron:9:42
          |
        9 |         duration: Uniform(low: 60, high: "2 hours"), patience: 60,
          |                                          ^^^^^^^^^ expected a duration such as "5s", "90m", "1h30m", "36h" or "30d" (units: us, ms, s, m, h, d, w)
          |
          = note: field: customers[0].duration.high

        error: unreadable duration
         --> test.ron:9:64
          |
        9 |         duration: Uniform(low: 60, high: "2 hours"), patience: 60,
          |                                                                ^^ expected a duration in quotation marks, such as "90s", "1h30m" or "30d", or a distribution
          |
          = note: field: customers[0].patience
    "#]],
    );
}

#[test]
fn negative_values() {
    check(
        &poisson(
            r#"duration: "1h", value: Uniform(low: -1, high: 3), deploy_cost: -1, kind: spot(bid: -0.5),"#,
        ),
        expect![[r#"
            error: negative amount
             --> test.ron:9:45
              |
            9 |         duration: "1h", value: Uniform(low: -1, high: 3), deploy_cost: -1, kind: spot(bid: -0.5),
              |                                             ^^ expected an amount of at least 0
              |
              = note: field: customers[0].value.low

            error: negative amount
             --> test.ron:9:72
              |
            9 |         duration: "1h", value: Uniform(low: -1, high: 3), deploy_cost: -1, kind: spot(bid: -0.5),
              |                                                                        ^^ expected an amount of at least 0
              |
              = note: field: customers[0].deploy_cost

            error: negative amount
             --> test.ron:9:92
              |
            9 |         duration: "1h", value: Uniform(low: -1, high: 3), deploy_cost: -1, kind: spot(bid: -0.5),
              |                                                                                            ^^^^ expected an amount of at least 0
              |
              = note: field: customers[0].kind.bid
        "#]],
    );
}

#[test]
fn empty_distributions() {
    check(
        &poisson(r#"duration: "1h", gpus: Choice({}), value: Choice([]),"#),
        expect![[r#"
            error: empty distribution
             --> test.ron:9:38
              |
            9 |         duration: "1h", gpus: Choice({}), value: Choice([]),
              |                                      ^^ expected at least one value with its probability, such as {1: 0.7, 8: 0.3}
              |
              = note: field: customers[0].gpus

            error: no map
             --> test.ron:9:57
              |
            9 |         duration: "1h", gpus: Choice({}), value: Choice([]),
              |                                                         ^^ expected a map in curly brackets, {key: value, …}
              |
              = note: field: customers[0].value
        "#]],
    );
}

#[test]
fn probabilities_that_do_not_add_up() {
    check(
        &poisson(r#"duration: Choice({"1h": 0.7, "2h": 0.2}), gpus: Choice({1: 0.7, 2: 0.7}),"#),
        expect![[r#"
            error: the probabilities add up to 0.9
             --> test.ron:9:26
              |
            9 |         duration: Choice({"1h": 0.7, "2h": 0.2}), gpus: Choice({1: 0.7, 2: 0.7}),
              |                          ^^^^^^^^^^^^^^^^^^^^^^ expected probabilities that add up to 1
              |
              = note: field: customers[0].duration

            error: the probabilities add up to 1.4
             --> test.ron:9:64
              |
            9 |         duration: Choice({"1h": 0.7, "2h": 0.2}), gpus: Choice({1: 0.7, 2: 0.7}),
              |                                                                ^^^^^^^^^^^^^^^^ expected probabilities that add up to 1
              |
              = note: field: customers[0].gpus
        "#]],
    );
}

#[test]
fn a_value_named_twice() {
    check(
        &poisson(r#"duration: Choice({"60s": 0.5, "1m": 0.5}),"#),
        expect![[r#"
        error: value named twice
         --> test.ron:9:39
          |
        9 |         duration: Choice({"60s": 0.5, "1m": 0.5}),
          |                                       ^^^^ expected each value once
          |
          = note: field: customers[0].duration{"1m"}
    "#]],
    );
}

#[test]
fn parameters_out_of_range() {
    check(
        &poisson(
            r#"duration: Uniform(low: "2h", high: "1h"), patience: LogNormal(median: "1h", p95: "30m"), value: Gamma(shape: 0, scale: 1),"#,
        ),
        expect![[r#"
            error: `high` is out of range
             --> test.ron:9:44
              |
            9 |         duration: Uniform(low: "2h", high: "1h"), patience: LogNormal(median: "1h", p95: "30m"), value: Gamma(shape: 0, scale: 1),
              |                                            ^^^^ expected a number not below low
              |
              = note: field: customers[0].duration.high

            error: `p95` is out of range
             --> test.ron:9:90
              |
            9 |         duration: Uniform(low: "2h", high: "1h"), patience: LogNormal(median: "1h", p95: "30m"), value: Gamma(shape: 0, scale: 1),
              |                                                                                          ^^^^^ expected a number not below the median
              |
              = note: field: customers[0].patience.p95

            error: `shape` is out of range
             --> test.ron:9:118
              |
            9 |         duration: Uniform(low: "2h", high: "1h"), patience: LogNormal(median: "1h", p95: "30m"), value: Gamma(shape: 0, scale: 1),
              |                                                                                                                      ^ expected a positive number
              |
              = note: field: customers[0].value.shape
        "#]],
    );
}

#[test]
fn gpus_that_are_not_whole() {
    check(
        &poisson(r#"duration: "1h", gpus: Uniform(low: 1, high: 4),"#),
        expect![[r#"
        error: GPUs are whole
         --> test.ron:9:31
          |
        9 |         duration: "1h", gpus: Uniform(low: 1, high: 4),
          |                               ^^^^^^^^^^^^^^^^^^^^^^^^ expected a number, or a Choice or an Empirical of whole numbers
          |
          = note: field: customers[0].gpus
    "#]],
    );
}
