//! A fleet from a list of nodes, and the scenario that replays openb.

use super::Files;
use expect_test::expect;
use std::path::Path;
use walras::ids::Id;
use walras::scenario::load;
use walras::units::Gb;
use walras::workload::Source;

#[test]
fn the_scenario_of_openb_replays_its_samples() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("scenarios/openb.ron");
    let scenario = load(&path, &[]).unwrap_or_else(|problems| panic!("\n{problems}"));
    assert_eq!(scenario.hosts.len(), 11);
    assert_eq!(scenario.hosts.iter().map(|host| host.gpus).sum::<u32>(), 44);
    let first = &scenario.hosts[0];
    let scope = &scenario.scopes[scenario.pools[first.pool.index()].scope.index()];
    assert_eq!(first.name, "sample-node-00");
    assert_eq!(scenario.gpu_types[scope.gpu_type.index()].name, "T4");
    // The trace's vCPUs and memory, and the default of what it does not know.
    assert_eq!((first.vcpus, first.memory, first.disk), (104, Gb::new(549), Gb::new(1_000)));
    let mut source = Source::open(&scenario, &scenario.segments[0], 0, 0).unwrap();
    let arrivals = std::iter::from_fn(|| source.next().copied()).count();
    assert!(source.take_failure().is_none());
    assert_eq!(arrivals, 367 - 39, "all pods but those without a GPU");
    assert_eq!(scenario.inputs.len(), 2);
}

fn fleet(fields: &str, nodes: &str) -> Files {
    let scenario = format!(
        r#"(
    horizon: "1d",
    gpu_types: [(id: "T4", memory_gb: 16, secure: (price: 0.2))],
    fleet: [({fields}, datacenter: "EU-RO-1")],
)"#
    );
    Files::new([
        ("a.ron", scenario.as_str()),
        ("nodes.csv", &format!("sn,cpu_milli,memory_mib,gpu,model\n{nodes}\n")),
    ])
}

#[test]
fn what_the_group_states_holds_for_the_imported_hosts() {
    let import = r#"import: (path: "nodes.csv", types: {"X": "T4"}), memory_gb: 64, disk_gb: 100, download_gbps: 10, min_bid: 0.05"#;
    let scenario =
        fleet(import, "a,96500,1000,2,T4\nb,8000,1000,16,X\nc,8000,1000,0,").read("a.ron");
    let hosts: Vec<_> = scenario
        .hosts
        .iter()
        .map(|host| (host.name.as_str(), host.gpus, host.vcpus, host.memory.get(), host.disk.get()))
        .collect();
    assert_eq!(hosts, [("a", 2, 96, 64, 100), ("b", 16, 8, 64, 100)]);
    assert_eq!(scenario.hosts[1].download, 10_000_000_000);
    assert!(scenario.hosts[1].min_bid.is_some());
}

#[test]
fn pods_where_nodes_are_wanted() {
    let files = Files::new([
        (
            "a.ron",
            "(\n    horizon: \"1d\",\n    fleet: [(import: (path: \"pods.csv\"), cloud: COMMUNITY)],\n)",
        ),
        ("pods.csv", "name,num_gpu,gpu_milli,creation_time\n"),
    ]);
    expect![[r#"
        error: `pods.csv` is a file of another kind
         --> a.ron:3:29
          |
        3 |     fleet: [(import: (path: "pods.csv"), cloud: COMMUNITY)],
          |                             ^^^^^^^^^^ expected a list of nodes of Alibaba openb 2023
          |
          = note: field: fleet[0].import.path
          = note: found: a list of pods of Alibaba openb 2023
    "#]]
    .assert_eq(&files.refused("a.ron"));
}

#[test]
fn a_fleet_of_types_without_a_meaning() {
    let files =
        fleet(r#"import: (path: "nodes.csv"), gpus: 2"#, "a,96000,1000,2,T4\nb,8000,1000,8,T5");
    expect![[r#"
        error: no meaning for the trace's GPU type `T5`
         --> a.ron:4:29
          |
        4 |     fleet: [(import: (path: "nodes.csv"), gpus: 2, datacenter: "EU-RO-1")],
          |                             ^^^^^^^^^^^ expected its meaning in `types: {"T5": …}`, or such a type in `gpu_types`
          |
          = note: field: fleet[0].import.path
          = note: found: T5

        error: `gpus` beside `import`
         --> a.ron:4:49
          |
        4 |     fleet: [(import: (path: "nodes.csv"), gpus: 2, datacenter: "EU-RO-1")],
          |                                                 ^ expected nothing here: each row of the trace says it
          |
          = note: field: fleet[0].gpus
    "#]].assert_eq(&files.refused("a.ron"));
}

#[test]
fn a_malformed_list_of_nodes() {
    let files = fleet(r#"import: (path: "nodes.csv")"#, "a,96000,1000,2,T4\nb,8000,1000,17,T4");
    expect![[r#"
        error: `nodes.csv` is malformed in row 2 (line 3), column `gpu`
         --> a.ron:4:29
          |
        4 |     fleet: [(import: (path: "nodes.csv"), datacenter: "EU-RO-1")],
          |                             ^^^^^^^^^^^ expected at most 16 GPUs (HOST-01) there
          |
         ::: nodes.csv:3:13
          |
        3 | b,8000,1000,17,T4
          |             -- found here
          |
          = note: field: fleet[0].import.path
          = note: found: 17
    "#]]
    .assert_eq(&files.refused("a.ron"));
}

#[test]
fn a_host_that_stands_there_twice() {
    let import =
        r#"import: (path: "nodes.csv"), datacenter: "EU-RO-1"), (name: "a", gpu_type: "T4""#;
    expect![[r#"
        error: duplicate host `a`
         --> a.ron:4:74
          |
        4 |     fleet: [(import: (path: "nodes.csv"), datacenter: "EU-RO-1"), (name: "a", gpu_type: "T4", datacenter: "EU-RO-1")],
          |                                                                          ^^^ expected a name of its own; `fleet[0].import.path` in line 4 of a.ron has it
          |
          = note: field: fleet[1].name
    "#]].assert_eq(&fleet(import, "a,96000,1000,2,T4").refused("a.ron"));
}
