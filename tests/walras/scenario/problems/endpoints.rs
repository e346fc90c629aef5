//! Serverless endpoints, requests and scripted jobs that make no sense (SLS, JOB, AIE).

use crate::scenario::refused;
use expect_test::{Expect, expect};

/// A scenario of two accounts and these fields.
fn check(fields: &str, expected: Expect) {
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
        expect![[r#"
            error: missing field `name`
             --> test.ron:6:9
              |
            6 |         (account: "adda"),
              |         ^^^^^^^^^^^^^^^^^ expected a field `name` in here
              |
              = note: field: endpoints[0]

            error: unknown account `adda`
             --> test.ron:6:19
              |
            6 |         (account: "adda"),
              |                   ^^^^^^ expected one of ada, bob
              |
              = note: field: endpoints[0].account
              = help: did you mean `ada`?

            error: unknown GPU type `RTX A400`
             --> test.ron:7:44
              |
            7 |         (name: "e", account: "ada", gpus: ["RTX A400", "Tesla V100"], quick_deploy: "whispr"),
              |                                            ^^^^^^^^^^ expected a GPU type of the catalogue or of `gpu_types`, or a class such as AMPERE_24
              |
              = note: field: endpoints[1].gpus[0]
              = help: did you mean `RTX A4000`?

            error: no serverless price of `Tesla V100` is known (SLS-41)
             --> test.ron:7:56
              |
            7 |         (name: "e", account: "ada", gpus: ["RTX A400", "Tesla V100"], quick_deploy: "whispr"),
              |                                                        ^^^^^^^^^^^^ expected a type of one of the classes, to which `serverless_prices` may add
              |
              = note: field: endpoints[1].gpus[1]

            error: unknown quick deploy `whispr`
             --> test.ron:7:85
              |
            7 |         (name: "e", account: "ada", gpus: ["RTX A400", "Tesla V100"], quick_deploy: "whispr"),
              |                                                                                     ^^^^^^^^ expected one of stable_diffusion, whisper, llm_7b
              |
              = note: field: endpoints[1].quick_deploy
              = help: did you mean `whisper`?

            error: duplicate endpoint `e`
             --> test.ron:8:16
              |
            8 |         (name: "e", account: "bob", gpus: ["NVIDIA RTX A4000", "AMPERE_16"]),
              |                ^^^ expected a name of its own; `endpoints[1].name` in line 7 of test.ron has it
              |
              = note: field: endpoints[2].name

            error: type named twice
             --> test.ron:8:64
              |
            8 |         (name: "e", account: "bob", gpus: ["NVIDIA RTX A4000", "AMPERE_16"]),
              |                                                                ^^^^^^^^^^^ expected each type once
              |
              = note: field: endpoints[2].gpus[1]

            error: unknown data center `EU-RO-2`
             --> test.ron:9:52
              |
            9 |         (name: "f", account: "bob", data_centers: ["EU-RO-2"], template: "x", network_volume: "v"),
              |                                                    ^^^^^^^^^ expected a data center of the catalogue or of `datacenters`
              |
              = note: field: endpoints[3].data_centers[0]
              = help: did you mean `EU-RO-1`?

            error: unknown template `x`
             --> test.ron:9:74
              |
            9 |         (name: "f", account: "bob", data_centers: ["EU-RO-2"], template: "x", network_volume: "v"),
              |                                                                          ^^^ expected no template at all: the scenario has none
              |
              = note: field: endpoints[3].template

            error: unknown network volume `v`
             --> test.ron:9:95
              |
            9 |         (name: "f", account: "bob", data_centers: ["EU-RO-2"], template: "x", network_volume: "v"),
              |                                                                                               ^^^ expected no network volume at all: the scenario has none
              |
              = note: field: endpoints[3].network_volume

            error: unknown GPU type `L9`
              --> test.ron:10:51
               |
            10 |         (name: "g", account: "bob", token_rates: {"L9": (1, 2), "L4": 3, "L40": (0, 1)}),
               |                                                   ^^^^ expected a GPU type of the catalogue or of `gpu_types`, or a class such as AMPERE_24
               |
               = note: field: endpoints[4].token_rates{"L9"}

            error: no pair
              --> test.ron:10:71
               |
            10 |         (name: "g", account: "bob", token_rates: {"L9": (1, 2), "L4": 3, "L40": (0, 1)}),
               |                                                                       ^ expected a pair in brackets: tokens per second of the prompt, of the answer
               |
               = note: field: endpoints[4].token_rates{"L4"}

            error: no tokens at all
              --> test.ron:10:82
               |
            10 |         (name: "g", account: "bob", token_rates: {"L9": (1, 2), "L4": 3, "L40": (0, 1)}),
               |                                                                                  ^ expected a number above 0 per second
               |
               = note: field: endpoints[4].token_rates{"L40"}[0]

            error: unknown field `gpu`
              --> test.ron:11:37
               |
            11 |         (name: "h", account: "bob", gpu: "L4"),
               |                                     ^^^ expected one of name, account, count, quick_deploy, workers_min, workers_max, gpus, gpus_per_worker, idle_timeout, scaler, keep_alive, flashboot, or one of 15 more: see scenarios/README.md
               |
               = note: field: endpoints[5].gpu
               = help: did you mean `gpus`?
        "#]],
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
        expect![[r#"
            error: too many workers (SLS-03)
             --> test.ron:6:50
              |
            6 |         (name: "a", account: "ada", workers_max: 101, workers_min: 102, idle_timeout: "2h"),
              |                                                  ^^^ expected at most the rules' `workers_limit`, 100
              |
              = note: field: endpoints[0].workers_max

            error: the minimum of workers is above the maximum (SLS-03)
             --> test.ron:6:68
              |
            6 |         (name: "a", account: "ada", workers_max: 101, workers_min: 102, idle_timeout: "2h"),
              |                                                                    ^^^ expected a `workers_min` of at most `workers_max`, 101
              |
              = note: field: endpoints[0].workers_min

            error: `idle_timeout` is out of range
             --> test.ron:6:87
              |
            6 |         (name: "a", account: "ada", workers_max: 101, workers_min: 102, idle_timeout: "2h"),
              |                                                                                       ^^^^ expected a duration from 1 s to 1 h (SLS-02)
              |
              = note: field: endpoints[0].idle_timeout

            error: an image of 6 GB on a disk of 5 GB (SLS-08)
             --> test.ron:7:9
              |
            7 |         (name: "b", account: "ada", gpus: "RTX A4000", gpus_per_worker: 2, image_gb: 6),
              |         ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ expected a `container_disk_gb` of at least the image
              |
              = note: field: endpoints[1]

            error: several GPUs of type `RTX A4000` in one worker (SLS-06)
             --> test.ron:7:73
              |
            7 |         (name: "b", account: "ada", gpus: "RTX A4000", gpus_per_worker: 2, image_gb: 6),
              |                                                                         ^ expected 1, or types of the rules' `multi_gpu_classes` alone
              |
              = note: field: endpoints[1].gpus_per_worker

            error: a model of 17 GB in 16 GB of `RTX A4000` (SLS-08)
             --> test.ron:8:66
              |
            8 |         (name: "c", account: "ada", gpus: "RTX A4000", model_gb: 17, ttl: "5s", concurrency: 0),
              |                                                                  ^^ expected a model that the GPUs of a worker can hold, for each type listed
              |
              = note: field: endpoints[2].model_gb

            error: `ttl` is out of range
             --> test.ron:8:75
              |
            8 |         (name: "c", account: "ada", gpus: "RTX A4000", model_gb: 17, ttl: "5s", concurrency: 0),
              |                                                                           ^^^^ expected a duration from 10 s to 7 d (JOB-13)
              |
              = note: field: endpoints[2].ttl

            error: `concurrency` is out of range
             --> test.ron:8:94
              |
            8 |         (name: "c", account: "ada", gpus: "RTX A4000", model_gb: 17, ttl: "5s", concurrency: 0),
              |                                                                                              ^ expected a whole number from 1 on (SLS-02)
              |
              = note: field: endpoints[2].concurrency

            error: a model on no network volume (SLS-26)
             --> test.ron:9:51
              |
            9 |         (name: "d", account: "ada", model_source: NetworkVolume, max_attempts: 0, count: 0),
              |                                                   ^^^^^^^^^^^^^ expected `network_volume` beside it, or another source
              |
              = note: field: endpoints[3].model_source

            error: `max_attempts` is out of range
             --> test.ron:9:80
              |
            9 |         (name: "d", account: "ada", model_source: NetworkVolume, max_attempts: 0, count: 0),
              |                                                                                ^ expected a whole number from 1 on (SLS-02)
              |
              = note: field: endpoints[3].max_attempts

            error: count out of range
             --> test.ron:9:90
              |
            9 |         (name: "d", account: "ada", model_source: NetworkVolume, max_attempts: 0, count: 0),
              |                                                                                          ^ expected a whole number from 1 to 100000
              |
              = note: field: endpoints[3].count
        "#]],
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
        expect![[r#"
            error: no job per worker
             --> test.ron:6:45
              |
            6 |         (name: "a", account: "ada", scaler: RequestCount(0)),
              |                                             ^^^^^^^^^^^^^^^ expected a whole number from 1 on (SLS-02)
              |
              = note: field: endpoints[0].scaler

            error: delay out of range
             --> test.ron:7:45
              |
            7 |         (name: "b", account: "ada", scaler: QueueDelay("0.4s")),
              |                                             ^^^^^^^^^^^^^^^^^^ expected a duration from 0.5 s on (SLS-02)
              |
              = note: field: endpoints[1].scaler

            error: past the end of the day
             --> test.ron:8:57
              |
            8 |         (name: "c", account: "ada", scaler: Scheduled([("25h", 5), ("1h", 1), 3])),
              |                                                         ^^^^^ expected a duration below 24 h
              |
              = note: field: endpoints[2].scaler[0][0]

            error: unsorted schedule
             --> test.ron:8:69
              |
            8 |         (name: "c", account: "ada", scaler: Scheduled([("25h", 5), ("1h", 1), 3])),
              |                                                                     ^^^^ expected a duration after the last one
              |
              = note: field: endpoints[2].scaler[1][0]

            error: no pair
             --> test.ron:8:79
              |
            8 |         (name: "c", account: "ada", scaler: Scheduled([("25h", 5), ("1h", 1), 3])),
              |                                                                               ^ expected a pair in brackets: a duration since midnight, and a number of workers
              |
              = note: field: endpoints[2].scaler[2]

            error: `target` is zero
             --> test.ron:9:65
              |
            9 |         (name: "d", account: "ada", scaler: Concurrency(target: 0, panic_window: "2m")),
              |                                                                 ^ expected a number above 0
              |
              = note: field: endpoints[3].scaler.target

            error: a panic window above the window
             --> test.ron:9:82
              |
            9 |         (name: "d", account: "ada", scaler: Concurrency(target: 0, panic_window: "2m")),
              |                                                                                  ^^^^ expected at most `window`
              |
              = note: field: endpoints[3].scaler.panic_window

            error: unknown choice `RequestCounts`
              --> test.ron:10:45
               |
            10 |         (name: "e", account: "ada", scaler: RequestCounts(4)),
               |                                             ^^^^^^^^^^^^^ expected one of QueueDelay, RequestCount, Concurrency, Predictive, Fixed, Scheduled
               |
               = note: field: endpoints[4].scaler
               = help: did you mean `RequestCount`?

            error: a range of no whole number of cells
              --> test.ron:11:62
               |
            11 |         (name: "f", account: "ada", keep_alive: hybrid(cell: "7m", tail: 0.01)),
               |                                                              ^^^^ expected a multiple of `cell`
               |
               = note: field: endpoints[5].keep_alive.cell

            error: the tail begins before the head ends
              --> test.ron:11:74
               |
            11 |         (name: "f", account: "ada", keep_alive: hybrid(cell: "7m", tail: 0.01)),
               |                                                                          ^^^^ expected a `tail` above the `head`
               |
               = note: field: endpoints[5].keep_alive.tail

            error: missing field `factor`
              --> test.ron:12:49
               |
            12 |         (name: "g", account: "ada", keep_alive: adaptive(least: "2h")),
               |                                                 ^^^^^^^^^^^^^^^^^^^^^ expected a field `factor` in here
               |
               = note: field: endpoints[6].keep_alive

            error: the most is below the least
              --> test.ron:12:65
               |
            12 |         (name: "g", account: "ada", keep_alive: adaptive(least: "2h")),
               |                                                                 ^^^^ expected a `most` of at least the `least`
               |
               = note: field: endpoints[6].keep_alive.least
        "#]],
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
        expect![[r#"
            error: requests of no length
             --> test.ron:7:9
              |
            7 |         (endpoint: "e", arrivals: Poisson(rate: "6/m"), account: "bob"),
              |         ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ expected `execution`, as the endpoint has no quick deploy
              |
              = note: field: requests[0]

            error: calls of another's endpoint (JOB-02)
             --> test.ron:7:66
              |
            7 |         (endpoint: "e", arrivals: Poisson(rate: "6/m"), account: "bob"),
              |                                                                  ^^^^^ expected its owner, ada, or no `account`: others have no key
              |
              = note: field: requests[0].account

            error: unknown endpoint `faster-wisper`
             --> test.ron:8:20
              |
            8 |         (endpoint: "faster-wisper", arrivals: Poisson(rate: "1/m"), operation: sync),
              |                    ^^^^^^^^^^^^^^^ expected one of e, stable-diffusion-v1, faster-whisper, llama2-13b-chat, dreambooth
              |
              = note: field: requests[1].endpoint
              = help: did you mean `faster-whisper`?

            error: unknown choice `sync`
             --> test.ron:8:80
              |
            8 |         (endpoint: "faster-wisper", arrivals: Poisson(rate: "1/m"), operation: sync),
              |                                                                                ^^^^ expected one of run, runsync
              |
              = note: field: requests[1].operation

            error: missing field `account`
             --> test.ron:9:9
              |
            9 |         (endpoint: "faster-whisper", arrivals: Trace(file: "nope.csv", stretch: 0)),
              |         ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ expected a field `account` in here
              |
              = note: field: requests[2]

            error: cannot open `nope.csv`: No such file or directory (os error 2)
             --> test.ron:9:60
              |
            9 |         (endpoint: "faster-whisper", arrivals: Trace(file: "nope.csv", stretch: 0)),
              |                                                            ^^^^^^^^^^ expected a CSV file, plain or gzipped, relative to this file
              |
              = note: field: requests[2].arrivals.file

            error: all requests at once
             --> test.ron:9:81
              |
            9 |         (endpoint: "faster-whisper", arrivals: Trace(file: "nope.csv", stretch: 0)),
              |                                                                                 ^ expected a number above 0
              |
              = note: field: requests[2].arrivals.stretch

            error: unknown choice `Replay`
              --> test.ron:10:35
               |
            10 |         (endpoint: "e", arrivals: Replay(path: "nope.csv"), execution: Tokens(prompt: 3)),
               |                                   ^^^^^^ expected one of Poisson, Renewal, Bursts, Counts, Trace
               |
               = note: field: requests[3].arrivals

            error: missing field `answer`
              --> test.ron:10:72
               |
            10 |         (endpoint: "e", arrivals: Replay(path: "nope.csv"), execution: Tokens(prompt: 3)),
               |                                                                        ^^^^^^^^^^^^^^^^^ expected a field `answer` in here
               |
               = note: field: requests[3].execution

            error: tokens that nothing works off
              --> test.ron:10:72
               |
            10 |         (endpoint: "e", arrivals: Replay(path: "nope.csv"), execution: Tokens(prompt: 3)),
               |                                                                        ^^^^^^^^^^^^^^^^^ expected a distribution of durations, or an endpoint with `token_rates`
               |
               = note: field: requests[3].execution

            error: `ttl` is out of range
              --> test.ron:11:79
               |
            11 |         (endpoint: "e", arrivals: Poisson(rate: "1/m"), execution: "1s", ttl: "1s"),
               |                                                                               ^^^^ expected a duration from 10 s to 7 d (JOB-13)
               |
               = note: field: requests[4].ttl

            error: missing field `endpoint`
              --> test.ron:12:9
               |
            12 |         (),
               |         ^^ expected a field `endpoint` in here
               |
               = note: field: requests[5]

            error: missing field `arrivals`
              --> test.ron:12:9
               |
            12 |         (),
               |         ^^ expected a field `arrivals` in here
               |
               = note: field: requests[5]
        "#]],
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
        expect![[r#"
            error: another account's endpoint has this name
             --> test.ron:7:61
              |
            7 |         (at: "2s", account: "bob", do: CreateEndpoint(name: "f")),
              |                                                             ^^^ expected a name of its own: outputs tell endpoints by their names
              |
              = note: field: script[1].do.name

            error: a new name
             --> test.ron:8:76
              |
            8 |         (at: "3s", account: "ada", do: UpdateEndpoint(endpoint: "f", name: "x", model_source: Cache)),
              |                                                                            ^^^ expected no `name`: outputs tell endpoints by the names that they began with
              |
              = note: field: script[2].do.name

            error: unknown choice `Cache`
             --> test.ron:8:95
              |
            8 |         (at: "3s", account: "ada", do: UpdateEndpoint(endpoint: "f", name: "x", model_source: Cache)),
              |                                                                                               ^^^^^ expected one of Image, HostCache, NetworkVolume, Download
              |
              = note: field: script[2].do.model_source

            error: a job of no length
             --> test.ron:9:40
              |
            9 |         (at: "2s", account: "ada", do: SubmitJob(endpoint: "f", id: "j1", count: 2)),
              |                                        ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ expected `execution` or `tokens`, as the endpoint has no quick deploy
              |
              = note: field: script[3].do

            error: an id of several jobs
             --> test.ron:9:69
              |
            9 |         (at: "2s", account: "ada", do: SubmitJob(endpoint: "f", id: "j1", count: 2)),
              |                                                                     ^^^^ expected no `id`, or a single job
              |
              = note: field: script[3].do.id

            error: duplicate request `j1`
              --> test.ron:10:69
               |
            10 |         (at: "2s", account: "ada", do: SubmitJob(endpoint: "f", id: "j1", tokens: (1, 2))),
               |                                                                     ^^^^ expected a name of its own; `script[3].do.id` in line 9 of test.ron has it
               |
               = note: field: script[4].do.id

            error: tokens that nothing works off
              --> test.ron:10:83
               |
            10 |         (at: "2s", account: "ada", do: SubmitJob(endpoint: "f", id: "j1", tokens: (1, 2))),
               |                                                                                   ^^^^^^ expected `execution`, or an endpoint with `token_rates`
               |
               = note: field: script[4].do.tokens

            error: unknown request `j2`
              --> test.ron:11:69
               |
            11 |         (at: "4s", account: "ada", do: CancelJob(endpoint: "f", id: "j2")),
               |                                                                     ^^^^ expected one of j1
               |
               = note: field: script[5].do.id

            error: unknown endpoint `ff`
              --> test.ron:12:61
               |
            12 |         (at: "5s", account: "ada", do: PurgeQueue(endpoint: "ff")),
               |                                                             ^^^^ expected one of f, stable-diffusion-v1, faster-whisper, llama2-13b-chat, dreambooth
               |
               = note: field: script[6].do.endpoint
               = help: did you mean `f`?

            error: missing field `endpoint`
              --> test.ron:13:40
               |
            13 |         (at: "6s", account: "ada", do: DeleteEndpoint()),
               |                                        ^^^^^^^^^^^^^^^^ expected a field `endpoint` in here
               |
               = note: field: script[7].do

            error: no price is set
              --> test.ron:14:24
               |
            14 |         (at: "7s", do: SetPrice(workerClass: "AMPERE_17", price: 1)),
               |                        ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ expected `flex`, `active`, or both
               |
               = note: field: script[8].do

            error: unknown class of workers `AMPERE_17`
              --> test.ron:14:46
               |
            14 |         (at: "7s", do: SetPrice(workerClass: "AMPERE_17", price: 1)),
               |                                              ^^^^^^^^^^^ expected one of the scenario's 8 names of this kind (class of workers)
               |
               = note: field: script[8].do.workerClass
               = help: did you mean `AMPERE_16`?

            error: not of a class of workers
              --> test.ron:14:66
               |
            14 |         (at: "7s", do: SetPrice(workerClass: "AMPERE_17", price: 1)),
               |                                                                  ^ expected `flex` and `active` alone
               |
               = note: field: script[8].do.price

            error: a price of no class
              --> test.ron:15:73
               |
            15 |         (at: "7s", do: SetPrice(gpuTypeId: "NVIDIA L4", price: 1, flex: 2)),
               |                                                                         ^ expected `workerClass` beside it (SLS-41)
               |
               = note: field: script[9].do.flex
        "#]],
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
        expect![[r#"
            error: unsorted quota
             --> test.ron:6:24
              |
            6 |         worker_quota: [(5, 5), (3, 4)],
              |                        ^^^^^^ expected balances that ascend from 0, and no fewer workers for more (SLS-04)
              |
              = note: field: rules.worker_quota[0]

            error: unsorted quota
             --> test.ron:6:32
              |
            6 |         worker_quota: [(5, 5), (3, 4)],
              |                                ^^^^^^ expected balances that ascend from 0, and no fewer workers for more (SLS-04)
              |
              = note: field: rules.worker_quota[1]

            error: no pair
             --> test.ron:7:22
              |
            7 |         queue_limit: 7,
              |                      ^ expected a pair in brackets: jobs in all, and for each worker, such as (50, 500); or None
              |
              = note: field: rules.queue_limit

            error: unknown class of workers `AMPERE_49`
             --> test.ron:8:28
              |
            8 |         multi_gpu_classes: ["AMPERE_49"],
              |                            ^^^^^^^^^^^^^ expected one of the scenario's 9 names of this kind (class of workers)
              |
              = note: field: rules.multi_gpu_classes
              = note: found: AMPERE_49
              = help: did you mean `AMPERE_24`?

            error: `L4` is in two classes
             --> test.ron:9:28
              |
            9 |         serverless_prices: {"AMPERE_16": (1), "B_180": (1, 2), "C": (types: ["L4"], flex: 1, active: 2)},
              |                            ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ expected each type in one class
              |
              = note: field: rules.serverless_prices

            error: no pair
             --> test.ron:9:42
              |
            9 |         serverless_prices: {"AMPERE_16": (1), "B_180": (1, 2), "C": (types: ["L4"], flex: 1, active: 2)},
              |                                          ^^^ expected a pair in brackets: USD per GPU and second of a flex and of an active worker
              |
              = note: field: rules.serverless_prices{"AMPERE_16"}

            error: unknown class of workers `B_180`
             --> test.ron:9:47
              |
            9 |         serverless_prices: {"AMPERE_16": (1), "B_180": (1, 2), "C": (types: ["L4"], flex: 1, active: 2)},
              |                                               ^^^^^^^ expected one of the scenario's 8 names of this kind (class of workers), or the `types`, `flex` and `active` of one of your own
              |
              = note: field: rules.serverless_prices{"B_180"}

            error: missing field `execution`
              --> test.ron:10:30
               |
            10 |         quick_deploys: {"a": (image_gb: 4, model_gb: 3, container_disk_gb: 5)},
               |                              ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ expected a field `execution` in here
               |
               = note: field: rules.quick_deploys{"a"}

            error: unknown class of workers `Q`
              --> test.ron:11:45
               |
            11 |         ai_models: {"m": (kind: "x", class: "Q", preset: "z"), "n": (kind: "x", class: "ADA_24")},
               |                                             ^^^ expected one of the scenario's 9 names of this kind (class of workers)
               |
               = note: field: rules.ai_models{"m"}.class

            error: unknown quick deploy `z`
              --> test.ron:11:58
               |
            11 |         ai_models: {"m": (kind: "x", class: "Q", preset: "z"), "n": (kind: "x", class: "ADA_24")},
               |                                                          ^^^ expected no quick deploy at all: the scenario has none
               |
               = note: field: rules.ai_models{"m"}.preset

            error: missing field `image_gb`
              --> test.ron:11:69
               |
            11 |         ai_models: {"m": (kind: "x", class: "Q", preset: "z"), "n": (kind: "x", class: "ADA_24")},
               |                                                                     ^^^^^^^^^^^^^^^^^^^^^^^^^^^^ expected a field `image_gb` in here
               |
               = note: field: rules.ai_models{"n"}

            error: missing field `model_gb`
              --> test.ron:11:69
               |
            11 |         ai_models: {"m": (kind: "x", class: "Q", preset: "z"), "n": (kind: "x", class: "ADA_24")},
               |                                                                     ^^^^^^^^^^^^^^^^^^^^^^^^^^^^ expected a field `model_gb` in here
               |
               = note: field: rules.ai_models{"n"}

            error: missing field `container_disk_gb`
              --> test.ron:11:69
               |
            11 |         ai_models: {"m": (kind: "x", class: "Q", preset: "z"), "n": (kind: "x", class: "ADA_24")},
               |                                                                     ^^^^^^^^^^^^^^^^^^^^^^^^^^^^ expected a field `container_disk_gb` in here
               |
               = note: field: rules.ai_models{"n"}

            error: missing field `execution`
              --> test.ron:11:69
               |
            11 |         ai_models: {"m": (kind: "x", class: "Q", preset: "z"), "n": (kind: "x", class: "ADA_24")},
               |                                                                     ^^^^^^^^^^^^^^^^^^^^^^^^^^^^ expected a field `execution` in here
               |
               = note: field: rules.ai_models{"n"}

            error: bounds of workers out of order (SLS-03)
              --> test.ron:12:28
               |
            12 |         endpoint_defaults: (workers_min: 7, ttl: "1s", template: "x"),
               |                            ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ expected a `workers_min` of at most `workers_max`, and that at most 100
               |
               = note: field: rules.endpoint_defaults

            error: `ttl` is out of range
              --> test.ron:12:50
               |
            12 |         endpoint_defaults: (workers_min: 7, ttl: "1s", template: "x"),
               |                                                  ^^^^ expected a duration from 10 s to 7 d (JOB-13)
               |
               = note: field: rules.endpoint_defaults.ttl

            error: a default of one endpoint alone
              --> test.ron:12:66
               |
            12 |         endpoint_defaults: (workers_min: 7, ttl: "1s", template: "x"),
               |                                                                  ^^^ expected this in the endpoint itself
               |
               = note: field: rules.endpoint_defaults.template

            error: `flash_expiry` is out of range
              --> test.ron:13:23
               |
            13 |         flash_expiry: "1s",
               |                       ^^^^ expected a duration above `flash_hold` (SLS-27)
               |
               = note: field: rules.flash_expiry

            error: `sync_wait` is out of range
              --> test.ron:14:20
               |
            14 |         sync_wait: "0s",
               |                    ^^^^ expected a duration from 1 s to 5 min (JOB-19)
               |
               = note: field: rules.sync_wait

            error: no whole number of units
              --> test.ron:15:18
               |
            15 |         ai_unit: "7ms",
               |                  ^^^^^ expected a duration of which a second is a whole number (GEN-05)
               |
               = note: field: rules.ai_unit

            error: no whole number of units
              --> test.ron:16:31
               |
            16 |         serverless_disk_unit: "7s",
               |                               ^^^^ expected a duration of which the month is a whole number (GEN-05)
               |
               = note: field: rules.serverless_disk_unit

            error: unknown choice `spot`
              --> test.ron:17:41
               |
            17 |         workers_displace_spot: [active, spot],
               |                                         ^^^^ expected one of active, flex
               |
               = note: field: rules.workers_displace_spot[1]

            error: unknown choice `ad`
              --> test.ron:18:22
               |
            18 |         rate_growth: ad(3),
               |                      ^^^^^ expected none, add(4) or max(4)
               |
               = note: field: rules.rate_growth
               = help: did you mean `add`?

            error: unreadable duration
              --> test.ron:19:33
               |
            19 |         low_priority_escalates: after(1),
               |                                 ^^^^^^^^ expected a duration in quotation marks, such as "90s", "1h30m" or "30d"
               |
               = note: field: rules.low_priority_escalates

            error: bounds of workers out of order (SLS-03)
              --> test.ron:20:22
               |
            20 |         ai_defaults: (workers_max: 200),
               |                      ^^^^^^^^^^^^^^^^^^ expected a `workers_min` of at most `workers_max`, and that at most 100
               |
               = note: field: rules.ai_defaults

            error: unknown choice `slow`
              --> test.ron:21:18
               |
            21 |         rollout: slow,
               |                  ^^^^ expected one of drain, batch, lazy
               |
               = note: field: rules.rollout
        "#]],
    );
}
