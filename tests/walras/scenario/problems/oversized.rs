//! Rows of a trace that no host could ever hold.

use crate::scenario::{Files, trace};
use expect_test::expect;

/// Two hosts of one GPU type, the larger of them in the community cloud; a segment that replays `trace.csv`.
fn scenario(replay: &str) -> String {
    format!(
        r#"(
    horizon: "1d",
    fleet: [
        (gpu_type: "NVIDIA RTX A6000", datacenter: "EU-RO-1", gpus: 4, vcpus: 32, memory_gb: 200, disk_gb: 900),
        (gpu_type: "NVIDIA RTX A6000", cloud: COMMUNITY, gpus: 8, vcpus: 64, memory_gb: 400, disk_gb: 500),
    ],
    customers: [(name: "c", balance: 9, gpu_type: "NVIDIA RTX A6000", arrivals: Replay(path: "trace.csv"{replay}))],
)"#
    )
}

fn files(replay: &str, rows: &[&str]) -> Files {
    let columns = ",cloud,min_vcpus,min_memory_gb,container_disk_gb,volume_gb,gpu_type";
    let text = trace(columns, rows);
    Files::new([("a.ron", scenario(replay).as_str()), ("trace.csv", text.as_str())])
}

/// The first, the last but one and the last are good: nothing is too large, a pod without GPUs gets its own
/// small share, and the last comes after the horizon.
const ROWS: [&str; 10] = [
    "0,60,8,COMMUNITY,64,400,200,300,",
    "1,60,1,SECURE,8,50,400,500,",
    "2,60,4,SECURE,33,,,,",
    "3,60,1,,9,,,,",
    "4,60,1,,,999,,,",
    "5,60,8,SECURE,,,,,",
    "6,60,4,,,,400,501,",
    "7,60,4,,,,1,900,",
    "8,60,0,,99999,99999,,,",
    "90000,60,99,,,,,,",
];

/// Told as firmly as a request of a script: nothing is run. What some host could hold is good, whatever
/// another could not.
#[test]
fn rows_that_no_host_can_hold() {
    expect![[r#"
        error: a pod larger than any host: `trace.csv` in row 6 (line 7), column `gpus`
         --> a.ron:7:94
          |
        7 |     customers: [(name: "c", balance: 9, gpu_type: "NVIDIA RTX A6000", arrivals: Replay(path: "trace.csv"))],
          |                                                                                              ^^^^^^^^^^^ expected at most 4 GPUs: no acceptable host gives more to a pod; or a `largest_pod`, or `oversized: refused`
          |
         ::: trace.csv:7:6
          |
        7 | 5,60,8,SECURE,,,,,
          |      - found here
          |
          = note: field: customers[0].arrivals.path
          = note: found: 8

        error: a pod larger than any host: `trace.csv` in row 3 (line 4), column `min_vcpus`, and 1 more row
         --> a.ron:7:94
          |
        7 |     customers: [(name: "c", balance: 9, gpu_type: "NVIDIA RTX A6000", arrivals: Replay(path: "trace.csv"))],
          |                                                                                              ^^^^^^^^^^^ expected at most 32 vCPUs: no acceptable host gives more to a pod of 4 GPUs; or `oversized: refused`
          |
         ::: trace.csv:4:15
          |
        4 | 2,60,4,SECURE,33,,,,
          |               -- found here
          |
          = note: field: customers[0].arrivals.path
          = note: found: 33

        error: a pod larger than any host: `trace.csv` in row 5 (line 6), column `min_memory_gb`
         --> a.ron:7:94
          |
        7 |     customers: [(name: "c", balance: 9, gpu_type: "NVIDIA RTX A6000", arrivals: Replay(path: "trace.csv"))],
          |                                                                                              ^^^^^^^^^^^ expected at most 50 GB of memory: no acceptable host gives more to a pod of 1 GPU; or `oversized: refused`
          |
         ::: trace.csv:6:10
          |
        6 | 4,60,1,,,999,,,
          |          --- found here
          |
          = note: field: customers[0].arrivals.path
          = note: found: 999

        error: a pod larger than any host: `trace.csv` in row 7 (line 8), column `volume_gb`, and 1 more row
         --> a.ron:7:94
          |
        7 |     customers: [(name: "c", balance: 9, gpu_type: "NVIDIA RTX A6000", arrivals: Replay(path: "trace.csv"))],
          |                                                                                              ^^^^^^^^^^^ expected at most 900 GB for container disk and volume: no acceptable host gives more to a pod of 4 GPUs; or `oversized: refused`
          |
         ::: trace.csv:8:15
          |
        8 | 6,60,4,,,,400,501,
          |               --- found here
          |
          = note: field: customers[0].arrivals.path
          = note: found: 901 GB, container disk and volume together
    "#]].assert_eq(&files("", &ROWS).refused("a.ron"));
    let files = files(", oversized: refused", &ROWS);
    assert_eq!(files.read("a.ron").segments.len(), 1);
}

/// CLD-01. Neither the row's own cloud nor its own type need have hosts.
#[test]
fn rows_for_hosts_that_are_not_there() {
    let text = scenario("")
        .replace("fleet: [", "fleet: [(gpu_type: \"NVIDIA GeForce RTX 4090\", cloud: COMMUNITY), ");
    let rows = [
        "0,60,1,SECURE,NVIDIA GeForce RTX 4090",
        "1,60,1,,NVIDIA GeForce RTX 4090",
        "2,60,1,,NVIDIA A40",
    ];
    let table = trace(",cloud,gpu_type", &rows);
    let files = Files::new([("a.ron", text.as_str()), ("trace.csv", table.as_str())]);
    expect![[r#"
        error: no host of these types in this cloud: `trace.csv` in row 1 (line 2), column `cloud`
         --> a.ron:7:94
          |
        7 |     customers: [(name: "c", balance: 9, gpu_type: "NVIDIA RTX A6000", arrivals: Replay(path: "trace.csv"))],
          |                                                                                              ^^^^^^^^^^^ expected the other cloud, or ALL; or `oversized: refused`
          |
         ::: trace.csv:2:8
          |
        2 | 0,60,1,SECURE,NVIDIA GeForce RTX 4090
          |        ------ found here
          |
          = note: field: customers[0].arrivals.path
          = note: found: SECURE

        error: no host of these types: `trace.csv` in row 3 (line 4), column `gpu_type`
         --> a.ron:7:94
          |
        7 |     customers: [(name: "c", balance: 9, gpu_type: "NVIDIA RTX A6000", arrivals: Replay(path: "trace.csv"))],
          |                                                                                              ^^^^^^^^^^^ expected a GPU type of which the fleet has hosts; or `oversized: refused`
          |
         ::: trace.csv:4:9
          |
        4 | 2,60,1,,NVIDIA A40
          |         ---------- found here
          |
          = note: field: customers[0].arrivals.path
          = note: found: NVIDIA A40
    "#]].assert_eq(&files.refused("a.ron"));
}
