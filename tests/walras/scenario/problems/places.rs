//! Places that are none, and network volumes that cannot be (CLD-05, NVOL-01, NVOL-05, NVOL-06).

use super::with;
use crate::scenario::{poisson, refused};
use expect_test::{Expect, expect};

fn check(text: &str, expected: Expect) {
    expected.assert_eq(&refused(text));
}
/// A script of one action.
fn script(action: &str) -> String {
    with(&format!(
        "accounts: [(name: \"a\")],\n    script: [\n        (at: \"0s\", account: \"a\", do: {action}),\n    ],"
    ))
}
fn pod(demand: &str) -> String {
    script(&format!(r#"CreatePod(name: "p", gpuTypeId: "NVIDIA RTX A6000", {demand})"#))
}

#[test]
fn a_data_center_that_is_nowhere() {
    check(
        &pod(r#"dataCenterId: "EU-RO-2""#),
        expect![[r#"
        error: unknown data center `EU-RO-2`
         --> test.ron:6:104
          |
        6 |         (at: "0s", account: "a", do: CreatePod(name: "p", gpuTypeId: "NVIDIA RTX A6000", dataCenterId: "EU-RO-2")),
          |                                                                                                        ^^^^^^^^^ expected a data center of the catalogue or of `datacenters`
          |
          = note: field: script[0].do.dataCenterId
          = help: did you mean `EU-RO-1`?
    "#]],
    );
}

#[test]
fn a_data_center_without_hosts() {
    check(
        &pod(r#"dataCenterId: "US-TX-1""#),
        expect![[r#"
        error: no host stands in `US-TX-1`
         --> test.ron:6:104
          |
        6 |         (at: "0s", account: "a", do: CreatePod(name: "p", gpuTypeId: "NVIDIA RTX A6000", dataCenterId: "US-TX-1")),
          |                                                                                                        ^^^^^^^^^ expected a data center of which the fleet has hosts
          |
          = note: field: script[0].do.dataCenterId
    "#]],
    );
}

#[test]
fn a_country_without_hosts() {
    check(
        &pod(r#"countryCode: "DE""#),
        expect![[r#"
        error: no host of these types in such a place
         --> test.ron:6:103
          |
        6 |         (at: "0s", account: "a", do: CreatePod(name: "p", gpuTypeId: "NVIDIA RTX A6000", countryCode: "DE")),
          |                                                                                                       ^^^^ expected a place and a line that such hosts have
          |
          = note: field: script[0].do.countryCode
    "#]],
    );
}

#[test]
fn a_line_that_no_host_has() {
    check(
        &pod("minDownload: 5000"),
        expect![[r#"
        error: no host of these types in such a place
         --> test.ron:6:103
          |
        6 |         (at: "0s", account: "a", do: CreatePod(name: "p", gpuTypeId: "NVIDIA RTX A6000", minDownload: 5000)),
          |                                                                                                       ^^^^ expected a place and a line that such hosts have
          |
          = note: field: script[0].do.minDownload
    "#]],
    );
}

#[test]
fn a_network_volume_that_nobody_makes() {
    check(
        &pod(r#"networkVolumeId: "v""#),
        expect![[r#"
        error: unknown network volume `v`
         --> test.ron:6:107
          |
        6 |         (at: "0s", account: "a", do: CreatePod(name: "p", gpuTypeId: "NVIDIA RTX A6000", networkVolumeId: "v")),
          |                                                                                                           ^^^ expected no network volume at all: the scenario has none
          |
          = note: field: script[0].do.networkVolumeId
    "#]],
    );
}

#[test]
fn a_network_volume_without_a_place() {
    check(
        &script(r#"CreateNetworkVolume(name: "v", size: 10)"#),
        expect![[r#"
        error: missing field `dataCenterId`
         --> test.ron:6:38
          |
        6 |         (at: "0s", account: "a", do: CreateNetworkVolume(name: "v", size: 10)),
          |                                      ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ expected a field `dataCenterId` in here
          |
          = note: field: script[0].do
    "#]],
    );
}

#[test]
fn a_network_volume_in_a_place_that_is_none() {
    check(
        &script(r#"CreateNetworkVolume(name: "v", size: 10, dataCenterId: "Mars")"#),
        expect![[r#"
            error: unknown data center `Mars`
             --> test.ron:6:93
              |
            6 |         (at: "0s", account: "a", do: CreateNetworkVolume(name: "v", size: 10, dataCenterId: "Mars")),
              |                                                                                             ^^^^^^ expected one of the scenario's 49 names of this kind (data center)
              |
              = note: field: script[0].do.dataCenterId
        "#]],
    );
}

#[test]
fn a_segment_with_a_network_volume_anywhere() {
    check(
        &poisson(r#"duration: "1h", network_volume_gb: 10"#),
        expect![[r#"
        error: network volume without a place
         --> test.ron:9:44
          |
        9 |         duration: "1h", network_volume_gb: 10
          |                                            ^^ expected a `datacenter` beside it (NVOL-05)
          |
          = note: field: customers[0].network_volume_gb
    "#]],
    );
}

#[test]
fn a_segment_with_a_network_volume_out_of_range() {
    let field = r#"duration: "1h", datacenter: "EU-RO-1", network_volume_gb: 5000"#;
    check(
        &poisson(field),
        expect![[r#"
        error: network volume out of range
         --> test.ron:9:67
          |
        9 |         duration: "1h", datacenter: "EU-RO-1", network_volume_gb: 5000
          |                                                                   ^^^^ expected 1 to 4000 GB (NVOL-01)
          |
          = note: field: customers[0].network_volume_gb
    "#]],
    );
}

#[test]
fn a_segment_with_two_volumes() {
    let field = r#"duration: "1h", datacenter: "EU-RO-1", network_volume_gb: 5, volume_gb: 1"#;
    check(
        &poisson(field),
        expect![[r#"
        error: network volume and volume
         --> test.ron:9:67
          |
        9 |         duration: "1h", datacenter: "EU-RO-1", network_volume_gb: 5, volume_gb: 1
          |                                                                   ^ expected either of them (NVOL-06)
          |
          = note: field: customers[0].network_volume_gb
    "#]],
    );
}

#[test]
fn secure_hosts_that_say_where_they_stand() {
    let host = r#"gpu_type: "NVIDIA A40", datacenter: "EU-RO-1""#;
    check(
        &format!(
            "(\n    horizon: \"7d\",\n    fleet: [({host}, country: \"DE\", public_ip: false)],\n)"
        ),
        expect![[r#"
            error: secure hosts with a country of their own
             --> test.ron:3:70
              |
            3 |     fleet: [(gpu_type: "NVIDIA A40", datacenter: "EU-RO-1", country: "DE", public_ip: false)],
              |                                                                      ^^^^ expected no `country`: theirs is that of their data center
              |
              = note: field: fleet[0].country

            error: secure hosts without a public IP (CLD-05)
             --> test.ron:3:87
              |
            3 |     fleet: [(gpu_type: "NVIDIA A40", datacenter: "EU-RO-1", country: "DE", public_ip: false)],
              |                                                                                       ^^^^^ expected `true`, or nothing
              |
              = note: field: fleet[0].public_ip
        "#]],
    );
}

#[test]
fn a_price_of_network_volumes_by_a_unit_that_divides_no_month() {
    check(
        &with(r#"rules: (network_volume_unit: "7s", gb_per_tb: 0),"#),
        expect![[r#"
        error: the month is no whole number of units
         --> test.ron:4:34
          |
        4 |     rules: (network_volume_unit: "7s", gb_per_tb: 0),
          |                                  ^^^^ expected a duration of which the month is a whole number (GEN-05)
          |
          = note: field: rules.network_volume_unit

        error: `gb_per_tb` is zero
         --> test.ron:4:51
          |
        4 |     rules: (network_volume_unit: "7s", gb_per_tb: 0),
          |                                                   ^ expected a positive number (GEN-03)
          |
          = note: field: rules.gb_per_tb
    "#]],
    );
}
