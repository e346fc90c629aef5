//! Serverless endpoints, requests and scripted jobs that make no sense (SLS, JOB, AIE).

use crate::scenario::refused;
use expect_test::{ExpectFile, expect_file};

/// A scenario of two accounts and these fields.
fn check(fields: &str, expected: ExpectFile) {
    let text = format!(
        r#"(
    horizon: "1h",
    fleet: [(gpu_type: "NVIDIA RTX A4000", datacenter: "EU-RO-1")],
    accounts: [(name: "ada", balance: 100), (name: "bob", balance: 100)],
    {fields}
)"#
    );
    expected.assert_eq(&refused(&text));
}

#[test]
fn endpoints_that_refer_to_nothing() {
    check(
        r#"endpoints: [
        (account: "adda"),
        (name: "e", account: "ada", gpus: ["RTX A400", "Tesla V100"], quick_deploy: "whispr"),
        (name: "e", account: "bob", gpus: ["NVIDIA RTX A4000", "AMPERE_16"]),
        (name: "f", account: "bob", data_centers: ["EU-RO-2"], template: "x", network_volume: "v"),
        (name: "g", account: "bob", token_rates: {"L9": (1, 2), "L4": 3, "L40": (0, 1)}),
        (name: "h", account: "bob", gpu: "L4"),
    ],"#,
        expect_file!["endpoints/endpoints_that_refer_to_nothing.txt"],
    );
}

#[test]
fn endpoints_out_of_range() {
    check(
        r#"endpoints: [
        (name: "a", account: "ada", workers_max: 101, workers_min: 102, idle_timeout: "2h"),
        (name: "b", account: "ada", gpus: "RTX A4000", gpus_per_worker: 2, image_gb: 6),
        (name: "c", account: "ada", gpus: "RTX A4000", model_gb: 17, ttl: "5s", concurrency: 0),
        (name: "d", account: "ada", model_source: NetworkVolume, max_attempts: 0, count: 0),
    ],"#,
        expect_file!["endpoints/endpoints_out_of_range.txt"],
    );
}

#[test]
fn policies_that_make_no_sense() {
    check(
        r#"endpoints: [
        (name: "a", account: "ada", scaler: RequestCount(0)),
        (name: "b", account: "ada", scaler: QueueDelay("0.4s")),
        (name: "c", account: "ada", scaler: Scheduled([("25h", 5), ("1h", 1), 3])),
        (name: "d", account: "ada", scaler: Concurrency(target: 0, panic_window: "2m")),
        (name: "e", account: "ada", scaler: RequestCounts(4)),
        (name: "f", account: "ada", keep_alive: hybrid(cell: "7m", tail: 0.01)),
        (name: "g", account: "ada", keep_alive: adaptive(least: "2h")),
    ],"#,
        expect_file!["endpoints/policies_that_make_no_sense.txt"],
    );
}

#[test]
fn requests_that_make_no_sense() {
    check(
        r#"endpoints: [(name: "e", account: "ada")],
    requests: [
        (endpoint: "e", arrivals: Poisson(rate: "6/m"), account: "bob"),
        (endpoint: "faster-wisper", arrivals: Poisson(rate: "1/m"), operation: sync),
        (endpoint: "faster-whisper", arrivals: Trace(file: "nope.csv", stretch: 0)),
        (endpoint: "e", arrivals: Replay(path: "nope.csv"), execution: Tokens(prompt: 3)),
        (endpoint: "e", arrivals: Poisson(rate: "1/m"), execution: "1s", ttl: "1s"),
        (),
    ],"#,
        expect_file!["endpoints/requests_that_make_no_sense.txt"],
    );
}

#[test]
fn actions_on_endpoints_that_make_no_sense() {
    check(
        r#"script: [
        (at: "1s", account: "ada", do: CreateEndpoint(name: "f", gpus: "RTX A4000", image_gb: 5)),
        (at: "2s", account: "bob", do: CreateEndpoint(name: "f")),
        (at: "3s", account: "ada", do: UpdateEndpoint(endpoint: "f", name: "x", model_source: Cache)),
        (at: "2s", account: "ada", do: SubmitJob(endpoint: "f", id: "j1", count: 2)),
        (at: "2s", account: "ada", do: SubmitJob(endpoint: "f", id: "j1", tokens: (1, 2))),
        (at: "4s", account: "ada", do: CancelJob(endpoint: "f", id: "j2")),
        (at: "5s", account: "ada", do: PurgeQueue(endpoint: "ff")),
        (at: "6s", account: "ada", do: DeleteEndpoint()),
        (at: "7s", do: SetPrice(workerClass: "AMPERE_17", price: 1)),
        (at: "7s", do: SetPrice(gpuTypeId: "NVIDIA L4", price: 1, flex: 2)),
    ],"#,
        expect_file!["endpoints/actions_on_endpoints_that_make_no_sense.txt"],
    );
}

#[test]
fn rules_of_endpoints_that_make_no_sense() {
    check(
        r#"rules: (
        worker_quota: [(5, 5), (3, 4)],
        queue_limit: 7,
        multi_gpu_classes: ["AMPERE_49"],
        serverless_prices: {"AMPERE_16": (1), "B_180": (1, 2), "C": (types: ["L4"], flex: 1, active: 2)},
        quick_deploys: {"a": (image_gb: 4, model_gb: 3, container_disk_gb: 5)},
        ai_models: {"m": (kind: "x", class: "Q", preset: "z"), "n": (kind: "x", class: "ADA_24")},
        endpoint_defaults: (workers_min: 7, ttl: "1s", template: "x"),
        flash_expiry: "1s",
        sync_wait: "0s",
        ai_unit: "7ms",
        serverless_disk_unit: "7s",
        workers_displace_spot: [active, spot],
        rate_growth: ad(3),
        low_priority_escalates: after(1),
        ai_defaults: (workers_max: 200),
        rollout: slow,
    ),"#,
        expect_file!["endpoints/rules_of_endpoints_that_make_no_sense.txt"],
    );
}
