//! What may be wrong with a trace that a segment replays.

use crate::scenario::{Files, segment, trace};
use expect_test::{Expect, expect};

/// What is said about a segment that replays `trace`.
fn check(replay: &str, trace: &str, expected: Expect) {
    let scenario = segment(replay, "");
    let files = Files::new([("a.ron", scenario.as_str()), ("trace.csv", trace)]);
    expected.assert_eq(&files.refused("a.ron"));
}

#[test]
fn a_trace_that_is_missing() {
    check(
        r#"Replay(path: "traces.csv")"#,
        "",
        expect![[r#"
        error: cannot open `traces.csv`: No such file or directory (os error 2)
         --> a.ron:8:32
          |
        8 |         arrivals: Replay(path: "traces.csv"),
          |                                ^^^^^^^^^^^^ expected a CSV file, plain or gzipped, relative to this file
          |
          = note: field: customers[0].arrivals.path
    "#]],
    );
}

#[test]
fn a_trace_that_is_malformed() {
    check(
        r#"Replay(path: "trace.csv")"#,
        &trace("", &["0,60,1", "12,60,two"]),
        expect![[r#"
        error: `trace.csv` is malformed in row 2 (line 3), column `gpus`
         --> a.ron:8:32
          |
        8 |         arrivals: Replay(path: "trace.csv"),
          |                                ^^^^^^^^^^^ expected a whole number of GPUs, or a share of one such as 0.25 (at most three decimals) there
          |
         ::: trace.csv:3:7
          |
        3 | 12,60,two
          |       --- found here
          |
          = note: field: customers[0].arrivals.path
          = note: found: two
    "#]],
    );
}

#[test]
fn a_trace_with_an_empty_field() {
    check(
        r#"Replay(path: "trace.csv")"#,
        &trace("", &["0,60,1", ",60,1"]),
        expect![[r#"
        error: `trace.csv` is malformed in row 2 (line 3), column `arrival_s`
         --> a.ron:8:32
          |
        8 |         arrivals: Replay(path: "trace.csv"),
          |                                ^^^^^^^^^^^ expected seconds, not negative, with at most six decimals, such as 90 or 90.5 there
          |
         ::: trace.csv:3:1
          |
        3 | ,60,1
          | - found here
          |
          = note: field: customers[0].arrivals.path
          = note: found: an empty field
    "#]],
    );
}

#[test]
fn a_trace_with_a_short_row() {
    check(
        r#"Replay(path: "trace.csv")"#,
        &trace("", &["0,60,1", "12,60"]),
        expect![[r#"
        error: `trace.csv` is malformed in row 2 (line 3), column `gpus`
         --> a.ron:8:32
          |
        8 |         arrivals: Replay(path: "trace.csv"),
          |                                ^^^^^^^^^^^ expected 3 fields there
          |
         ::: trace.csv:3:1
          |
        3 | 12,60
          | ----- found here
          |
          = note: field: customers[0].arrivals.path
          = note: found: 2 fields
    "#]],
    );
}

#[test]
fn a_trace_that_is_unsorted() {
    check(
        r#"Replay(path: "trace.csv")"#,
        &trace("", &["10,60,1", "5,60,1"]),
        expect![[r#"
        error: `trace.csv` is unsorted in row 2 (line 3)
         --> a.ron:8:32
          |
        8 |         arrivals: Replay(path: "trace.csv"),
          |                                ^^^^^^^^^^^ expected rows sorted by `arrival_s`
          |
         ::: trace.csv:3:1
          |
        3 | 5,60,1
          | - found here
          |
          = note: field: customers[0].arrivals.path
          = note: found: an arrival at 5 s below one at 10 s
    "#]],
    );
}

#[test]
fn nodes_where_pods_are_wanted() {
    check(
        r#"Replay(path: "trace.csv", format: openb_pods)"#,
        "sn,cpu_milli,memory_mib,gpu,model\na,1000,1000,2,T4\n",
        expect![[r#"
            error: `trace.csv` is a file of another kind
             --> a.ron:8:32
              |
            8 |         arrivals: Replay(path: "trace.csv", format: openb_pods),
              |                                ^^^^^^^^^^^ expected a list of pods of Alibaba openb 2023
              |
              = note: field: customers[0].arrivals.path
              = note: found: a list of nodes of Alibaba openb 2023
        "#]],
    );
}

#[test]
fn nodes_as_the_format_of_requests() {
    check(
        r#"Replay(path: "trace.csv", format: openb_nodes)"#,
        "",
        expect![[r#"
        error: a trace of another kind where requests are wanted
         --> a.ron:8:53
          |
        8 |         arrivals: Replay(path: "trace.csv", format: openb_nodes),
          |                                                     ^^^^^^^^^^^ expected plain, openb_pods, philly_jobs or dlrm_instances
          |
          = note: field: customers[0].arrivals.format
    "#]],
    );
}

#[test]
fn a_table_of_another_kind() {
    check(
        r#"Replay(path: "trace.csv")"#,
        "date,price\n2024-01-01,0.5\n",
        expect![[r#"
        error: `trace.csv` is a file of another kind
         --> a.ron:8:32
          |
        8 |         arrivals: Replay(path: "trace.csv"),
          |                                ^^^^^^^^^^^ expected a trace in the plain format
          |
          = note: field: customers[0].arrivals.path
          = note: found: an unknown table with the columns date, price
    "#]],
    );
}

#[test]
fn an_empty_trace() {
    check(
        r#"Replay(path: "trace.csv")"#,
        "",
        expect![[r#"
        error: `trace.csv` is a file of another kind
         --> a.ron:8:32
          |
        8 |         arrivals: Replay(path: "trace.csv"),
          |                                ^^^^^^^^^^^ expected a trace in the plain format
          |
          = note: field: customers[0].arrivals.path
          = note: found: an empty file
    "#]],
    );
}

#[test]
fn a_misspelt_column() {
    check(
        r#"Replay(path: "trace.csv")"#,
        &trace(",gpu_tpye", &["0,60,1,x"]),
        expect![[r#"
            error: in `trace.csv` column `gpu_tpye` is unknown; nearest is `gpu_type`
             --> a.ron:8:32
              |
            8 |         arrivals: Replay(path: "trace.csv"),
              |                                ^^^^^^^^^^^ expected a column that file and format have: see scenarios/traces/README.md
              |
              = note: field: customers[0].arrivals.path
        "#]],
    );
}

#[test]
fn gpu_types_without_a_meaning() {
    check(
        r#"Replay(path: "trace.csv", types: {"G9": "NVIDIA RTX A600", "G9": "NVIDIA RTX A6000", 5: "NVIDIA A40"})"#,
        &trace(",gpu_type", &["0,60,1,G1", "1,60,1,NVIDIA RTX A6000|V100", "2,60,1,G9"]),
        expect![[r#"
            error: no meaning for the trace's GPU type `G1`
             --> a.ron:8:52
              |
            8 |         arrivals: Replay(path: "trace.csv", types: {"G9": "NVIDIA RTX A600", "G9": "NVIDIA RTX A6000", 5: "NVIDIA A40"}),
              |                                                    ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ expected its meaning in `types: {"G1": …}`, or such a type in `gpu_types`
              |
              = note: field: customers[0].arrivals.types
              = note: found: G1

            error: no meaning for the trace's GPU type `V100`
             --> a.ron:8:52
              |
            8 |         arrivals: Replay(path: "trace.csv", types: {"G9": "NVIDIA RTX A600", "G9": "NVIDIA RTX A6000", 5: "NVIDIA A40"}),
              |                                                    ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ expected its meaning in `types: {"V100": …}`, or such a type in `gpu_types`
              |
              = note: field: customers[0].arrivals.types
              = note: found: V100
              = help: did you mean `NVIDIA H100 PCIe`?

            error: unknown GPU type `NVIDIA RTX A600`
             --> a.ron:8:59
              |
            8 |         arrivals: Replay(path: "trace.csv", types: {"G9": "NVIDIA RTX A600", "G9": "NVIDIA RTX A6000", 5: "NVIDIA A40"}),
              |                                                           ^^^^^^^^^^^^^^^^^ expected a GPU type of the catalogue or of `gpu_types`
              |
              = note: field: customers[0].arrivals.types{"G9"}
              = help: did you mean `NVIDIA RTX A6000`?

            error: `G9` is named twice
             --> a.ron:8:78
              |
            8 |         arrivals: Replay(path: "trace.csv", types: {"G9": "NVIDIA RTX A600", "G9": "NVIDIA RTX A6000", 5: "NVIDIA A40"}),
              |                                                                              ^^^^ expected each name once
              |
              = note: field: customers[0].arrivals.types{"G9"}

            error: unreadable value
             --> a.ron:8:104
              |
            8 |         arrivals: Replay(path: "trace.csv", types: {"G9": "NVIDIA RTX A600", "G9": "NVIDIA RTX A6000", 5: "NVIDIA A40"}),
              |                                                                                                        ^ expected a text in quotation marks
              |
              = note: field: customers[0].arrivals.types{5}
        "#]],
    );
}

#[test]
fn a_request_larger_than_any_host() {
    check(
        r#"Replay(path: "trace.csv")"#,
        &trace("", &["0,60,8"]),
        expect![[r#"
            error: a pod larger than any host: `trace.csv` in row 1 (line 2), column `gpus`
             --> a.ron:8:32
              |
            8 |         arrivals: Replay(path: "trace.csv"),
              |                                ^^^^^^^^^^^ expected at most 4 GPUs: no acceptable host gives more to a pod; or a `largest_pod`, or `oversized: refused`
              |
             ::: trace.csv:2:6
              |
            2 | 0,60,8
              |      - found here
              |
              = note: field: customers[0].arrivals.path
              = note: found: 8
        "#]],
    );
}

#[test]
fn a_spot_request_without_a_bid() {
    check(
        r#"Replay(path: "trace.csv")"#,
        &trace(",kind", &["0,60,1,on_demand", "1,60,1,spot"]),
        expect![[r#"
            error: row 2 of the trace buys spot and states no bid
             --> a.ron:8:32
              |
            8 |         arrivals: Replay(path: "trace.csv"),
              |                                ^^^^^^^^^^^ expected the bid of such rows, as `kind: spot(…)` of the segment
              |
              = note: field: customers[0].arrivals.path
        "#]],
    );
}

#[test]
fn what_the_trace_says_is_not_for_the_segment_to_say() {
    let scenario = segment(r#"Replay(path: "trace.csv")"#, r#"duration: "1h", gpus: 2, batch: 3,"#)
        .replace("gpu_type: \"NVIDIA RTX A6000\",\n        arr", "arr");
    let files = Files::new([("a.ron", scenario.as_str()), ("trace.csv", &trace("", &["0,60,1"]))]);
    expect![[r#"
        error: 1 of the trace's requests name no GPU type
         --> a.ron:7:32
          |
        7 |         arrivals: Replay(path: "trace.csv"),
          |                                ^^^^^^^^^^^ expected the types that these accept, as `gpu_type` of the segment
          |
          = note: field: customers[0].arrivals.path

        error: `duration` beside a replay
         --> a.ron:8:19
          |
        8 |         duration: "1h", gpus: 2, batch: 3,
          |                   ^^^^ expected nothing here: each row of the trace says it
          |
          = note: field: customers[0].duration

        error: `gpus` beside a replay
         --> a.ron:8:31
          |
        8 |         duration: "1h", gpus: 2, batch: 3,
          |                               ^ expected nothing here: each row of the trace says it
          |
          = note: field: customers[0].gpus

        error: `batch` beside a replay
         --> a.ron:8:41
          |
        8 |         duration: "1h", gpus: 2, batch: 3,
          |                                         ^ expected nothing here: each row of the trace says it
          |
          = note: field: customers[0].batch
    "#]].assert_eq(&files.refused("a.ron"));
}

#[test]
fn a_largest_pod_out_of_range_and_larger_without_it() {
    check(
        r#"Replay(path: "trace.csv", largest_pod: 17)"#,
        &trace("", &["0,60,1"]),
        expect![[r#"
            error: GPUs out of range
             --> a.ron:8:58
              |
            8 |         arrivals: Replay(path: "trace.csv", largest_pod: 17),
              |                                                          ^^ expected 1 to 16 GPUs a host (HOST-01)
              |
              = note: field: customers[0].arrivals.largest_pod
        "#]],
    );
    check(
        r#"Replay(path: "trace.csv", larger: skip)"#,
        &trace("", &["0,60,1"]),
        expect![[r#"
        error: `larger` without `largest_pod`
         --> a.ron:8:53
          |
        8 |         arrivals: Replay(path: "trace.csv", larger: skip),
          |                                                     ^^^^ expected a `largest_pod` beside it
          |
          = note: field: customers[0].arrivals.larger
    "#]],
    );
}
