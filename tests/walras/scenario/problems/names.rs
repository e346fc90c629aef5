//! Names that are unknown or taken, and what they refer to.

use super::with;
use crate::scenario::refused;
use expect_test::{Expect, expect};

fn check(text: &str, expected: Expect) {
    expected.assert_eq(&refused(text));
}

#[test]
fn an_unknown_gpu_type() {
    check(
        &with("script: [(at: \"0s\", do: SetPrice(gpuTypeId: \"NVIDIA RTX A600\", price: 1))]"),
        expect![[r#"
            error: unknown GPU type `NVIDIA RTX A600`
             --> test.ron:4:49
              |
            4 |     script: [(at: "0s", do: SetPrice(gpuTypeId: "NVIDIA RTX A600", price: 1))]
              |                                                 ^^^^^^^^^^^^^^^^^ expected a GPU type of the catalogue or of `gpu_types`
              |
              = note: field: script[0].do.gpuTypeId
              = help: did you mean `NVIDIA RTX A6000`?
        "#]],
    );
}

#[test]
fn references_to_nothing() {
    check(
        &with(
            r#"accounts: [(name: "alice")], script: [
        (at: "0s", account: "alise", do: StopPod(podId: "p")),
        (at: "0s", do: HostDown(host: "g")),
    ]"#,
        ),
        expect![[r#"
            error: unknown account `alise`
             --> test.ron:5:29
              |
            5 |         (at: "0s", account: "alise", do: StopPod(podId: "p")),
              |                             ^^^^^^^ expected one of alice
              |
              = note: field: script[0].account
              = help: did you mean `alice`?

            error: unknown pod `p`
             --> test.ron:5:57
              |
            5 |         (at: "0s", account: "alise", do: StopPod(podId: "p")),
              |                                                         ^^^ expected no pod at all: the scenario has none
              |
              = note: field: script[0].do.podId

            error: unknown host `g`
             --> test.ron:6:39
              |
            6 |         (at: "0s", do: HostDown(host: "g")),
              |                                       ^^^ expected one of h
              |
              = note: field: script[1].do.host
        "#]],
    );
}

#[test]
fn duplicate_names() {
    check(
        &with(
            r#"accounts: [(name: "alice"), (name: "bob"), (name: "alice")], gpu_types: [(id: "T4", memory_gb: 16), (id: "T4")]"#,
        ),
        expect![[r#"
            error: duplicate account `alice`
             --> test.ron:4:55
              |
            4 |     accounts: [(name: "alice"), (name: "bob"), (name: "alice")], gpu_types: [(id: "T4", memory_gb: 16), (id: "T4")]
              |                                                       ^^^^^^^ expected a name of its own; `accounts[0].name` in line 4 of test.ron has it
              |
              = note: field: accounts[2].name

            error: duplicate GPU type `T4`
             --> test.ron:4:110
              |
            4 |     accounts: [(name: "alice"), (name: "bob"), (name: "alice")], gpu_types: [(id: "T4", memory_gb: 16), (id: "T4")]
              |                                                                                                              ^^^^ expected each type once
              |
              = note: field: gpu_types[1].id
        "#]],
    );
}

#[test]
fn a_duplicate_host() {
    check(
        &with("").replace(
            "[(name: \"h\"",
            "[(name: \"h\", gpu_type: \"NVIDIA RTX A6000\", cloud: COMMUNITY), (name: \"h\"",
        ),
        expect![[r#"
            error: duplicate host `h`
             --> test.ron:3:81
              |
            3 | ... cloud: COMMUNITY), (name: "h", gpu_type: "NVIDIA RTX A6000", datacenter: "EU-RO-1")],
              |                               ^^^ expected a name of its own; `fleet[0].name` in line 3 of test.ron has it
              |
              = note: field: fleet[1].name
        "#]],
    );
}

#[test]
fn an_unknown_data_center() {
    check(
        &with("").replace("EU-RO-1", "EU-R0-1"),
        expect![[r#"
        error: unknown data center `EU-R0-1`
         --> test.ron:3:67
          |
        3 |     fleet: [(name: "h", gpu_type: "NVIDIA RTX A6000", datacenter: "EU-R0-1")],
          |                                                                   ^^^^^^^^^ expected a data center of the catalogue or of `datacenters`
          |
          = note: field: fleet[0].datacenter
          = help: did you mean `EU-RO-1`?
    "#]],
    );
}

#[test]
fn an_unknown_profile() {
    check(
        &with(r#"profile: "runpod-2024-04""#),
        expect![[r#"
        error: unknown profile `runpod-2024-04`
         --> test.ron:4:14
          |
        4 |     profile: "runpod-2024-04"
          |              ^^^^^^^^^^^^^^^^ expected the path of a profile file, or one of runpod-2024-03, runpod-2025-10, runpod-2026, vast-2026, rackspace-spot, aws-auction-2009-2017, aws-posted-2018, gcp-preemptible
          |
          = note: field: profile
          = help: did you mean `runpod-2024-03`?
    "#]],
    );
}

#[test]
fn a_price_that_nobody_knows() {
    check(
        &with("").replace("NVIDIA RTX A6000", "Tesla V100-SXM2-16GB"),
        expect![[r#"
        error: no on-demand price of `Tesla V100-SXM2-16GB` in cloud SECURE
         --> test.ron:3:35
          |
        3 |     fleet: [(name: "h", gpu_type: "Tesla V100-SXM2-16GB", datacenter: "EU-RO-1")],
          |                                   ^^^^^^^^^^^^^^^^^^^^^^ expected its price in `gpu_types: [(id: "Tesla V100-SXM2-16GB", secure: (price: …))]`
          |
          = note: field: fleet[0].gpu_type
    "#]],
    );
}

#[test]
fn pods_larger_than_any_host() {
    check(
        &with(
            r#"accounts: [(name: "alice")], script: [
        (at: "0s", account: "alice", do: CreatePod(name: "p", gpuTypeId: "NVIDIA RTX A6000", gpuCount: 9)),
        (at: "0s", account: "alice", do: CreatePod(name: "q", gpuTypeId: "NVIDIA RTX A6000", volumeInGb: 4000)),
        (at: "0s", account: "alice", do: CreatePod(name: "r", gpuTypeId: "NVIDIA RTX A6000", cloudType: COMMUNITY)),
        (at: "0s", account: "alice", do: CreatePod(name: "s", gpuTypeId: "NVIDIA A40")),
    ]"#,
        ),
        expect![[r#"
            error: a pod larger than any host
             --> test.ron:5:104
              |
            5 |         (at: "0s", account: "alice", do: CreatePod(name: "p", gpuTypeId: "NVIDIA RTX A6000", gpuCount: 9)),
              |                                                                                                        ^ expected at most 8 GPUs: no acceptable host gives more to a pod
              |
              = note: field: script[0].do.gpuCount

            error: a pod larger than any host
             --> test.ron:6:106
              |
            6 |         (at: "0s", account: "alice", do: CreatePod(name: "q", gpuTypeId: "NVIDIA RTX A6000", volumeInGb: 4000)),
              |                                                                                                          ^^^^ expected at most 4000 GB for container disk and volume: no acceptable host gives more to a pod of 1 GPU
              |
              = note: field: script[1].do.volumeInGb
              = note: found: 4010 GB, container disk and volume together

            error: no host of these types in this cloud
             --> test.ron:7:105
              |
            7 |         (at: "0s", account: "alice", do: CreatePod(name: "r", gpuTypeId: "NVIDIA RTX A6000", cloudType: COMMUNITY)),
              |                                                                                                         ^^^^^^^^^ expected the other cloud, or ALL
              |
              = note: field: script[2].do.cloudType

            error: no host of these types
             --> test.ron:8:74
              |
            8 |         (at: "0s", account: "alice", do: CreatePod(name: "s", gpuTypeId: "NVIDIA A40")),
              |                                                                          ^^^^^^^^^^^^ expected a GPU type of which the fleet has hosts
              |
              = note: field: script[3].do.gpuTypeId
        "#]],
    );
}

#[test]
fn as_many_hosts_as_names() {
    check(
        r#"(
    horizon: "7d",
    fleet: [
        (name: "ro", gpu_type: "NVIDIA RTX A6000", datacenter: "EU-RO-1", count: 4),
        (names: ["a", "b"], gpu_type: "NVIDIA RTX A6000", datacenter: "EU-RO-1", count: 3),
    ],
)"#,
        expect![[r#"
            error: 4 hosts cannot all be called `ro`
             --> test.ron:4:82
              |
            4 |         (name: "ro", gpu_type: "NVIDIA RTX A6000", datacenter: "EU-RO-1", count: 4),
              |                                                                                  ^ expected `prefix: "ro"` instead of `name`: they are called `ro-1` to `ro-4`
              |
              = note: field: fleet[0].count

            error: 3 hosts and 2 names
             --> test.ron:5:89
              |
            5 |         (names: ["a", "b"], gpu_type: "NVIDIA RTX A6000", datacenter: "EU-RO-1", count: 3),
              |                                                                                         ^ expected as many names as hosts, or no `count` at all
              |
              = note: field: fleet[1].count
        "#]],
    );
}

#[test]
fn blank_names() {
    check(
        r#"(
    horizon: "7d", title: "",
    gpu_types: [(id: "", memory_gb: 16)],
    datacenters: [" "],
    fleet: [
        (names: ["h", ""], gpu_type: "NVIDIA RTX A6000", datacenter: "EU-RO-1"),
        (prefix: "", count: 2, gpu_type: "NVIDIA RTX A6000", datacenter: "EU-RO-1"),
    ],
)"#,
        expect![[r#"
            error: scenario without a name
             --> test.ron:2:27
              |
            2 |     horizon: "7d", title: "",
              |                           ^^ expected a name that is not blank
              |
              = note: field: title

            error: GPU type without a name
             --> test.ron:3:22
              |
            3 |     gpu_types: [(id: "", memory_gb: 16)],
              |                      ^^ expected a name that is not blank
              |
              = note: field: gpu_types[0].id

            error: data center without a name
             --> test.ron:4:19
              |
            4 |     datacenters: [" "],
              |                   ^^^ expected a name that is not blank
              |
              = note: field: datacenters[0]

            error: host without a name
             --> test.ron:6:23
              |
            6 |         (names: ["h", ""], gpu_type: "NVIDIA RTX A6000", datacenter: "EU-RO-1"),
              |                       ^^ expected a name that is not blank
              |
              = note: field: fleet[0].names[1]

            error: hosts without a name
             --> test.ron:7:18
              |
            7 |         (prefix: "", count: 2, gpu_type: "NVIDIA RTX A6000", datacenter: "EU-RO-1"),
              |                  ^^ expected a name that is not blank
              |
              = note: field: fleet[1].prefix
        "#]],
    );
}

#[test]
fn blank_names_of_customers_and_pods() {
    check(
        &with(
            r#"accounts: [(name: ""), (name: "alice")],
    customers: [(
        name: "",
        balance: 1,
        gpu_type: "NVIDIA RTX A6000",
        arrivals: Poisson(rate: "1/h"),
        duration: "1h",
    )],
    script: [
        (at: "0s", account: "alice", do: CreatePod(name: "", gpuTypeId: "NVIDIA RTX A6000")),
    ]"#,
        ),
        expect![[r#"
            error: account without a name
             --> test.ron:4:23
              |
            4 |     accounts: [(name: ""), (name: "alice")],
              |                       ^^ expected a name that is not blank
              |
              = note: field: accounts[0].name

            error: segment without a name
             --> test.ron:6:15
              |
            6 |         name: "",
              |               ^^ expected a name that is not blank
              |
              = note: field: customers[0].name

            error: pod without a name
              --> test.ron:13:58
               |
            13 |         (at: "0s", account: "alice", do: CreatePod(name: "", gpuTypeId: "NVIDIA RTX A6000")),
               |                                                          ^^ expected a name that is not blank
               |
               = note: field: script[0].do.name
        "#]],
    );
}

/// An empty list asks for nothing that any host could be.
#[test]
fn lists_that_need_an_item() {
    check(
        &with(
            r#"accounts: [(name: "alice")], script: [
        (at: "0s", account: "alice", do: CreatePod(name: "p", gpuTypeId: [])),
        (at: "0s", do: SetPrice(gpuTypeId: [ /* none */ ], price: 1)),
    ], customers: [(name: "c", balance: 1, gpu_type: [], duration: "1h", arrivals: Poisson(rate: "1/h"))]"#,
        ),
        expect![[r#"
            error: empty list
             --> test.ron:5:74
              |
            5 |         (at: "0s", account: "alice", do: CreatePod(name: "p", gpuTypeId: [])),
              |                                                                          ^^ expected at least one GPU type
              |
              = note: field: script[0].do.gpuTypeId

            error: empty list
             --> test.ron:6:44
              |
            6 |         (at: "0s", do: SetPrice(gpuTypeId: [ /* none */ ], price: 1)),
              |                                            ^^^^^^^^^^^^^^ expected at least one GPU type
              |
              = note: field: script[1].do.gpuTypeId

            error: empty list
             --> test.ron:7:54
              |
            7 |     ], customers: [(name: "c", balance: 1, gpu_type: [], duration: "1h", arrivals: Poisson(rate: "1/h"))]
              |                                                      ^^ expected at least one GPU type
              |
              = note: field: customers[0].gpu_type
        "#]],
    );
    check(
        r#"(horizon: "1d", fleet: [(names: [], gpu_type: "NVIDIA RTX A6000", cloud: COMMUNITY, gpus: [])])"#,
        expect![[r#"
            error: empty list
             --> test.ron:1:33
              |
            1 | (horizon: "1d", fleet: [(names: [], gpu_type: "NVIDIA RTX A6000", cloud: COMMUNITY, gpus: [])])
              |                                 ^^ expected at least one name
              |
              = note: field: fleet[0].names

            error: empty list
             --> test.ron:1:91
              |
            1 | (horizon: "1d", fleet: [(names: [], gpu_type: "NVIDIA RTX A6000", cloud: COMMUNITY, gpus: [])])
              |                                                                                           ^^ expected at least one number of GPUs
              |
              = note: field: fleet[0].gpus
        "#]],
    );
}
