//! The command line as a person or a script meets it: what it prints, its exit codes, and that it
//! leaves nothing half-written behind.

mod charts;
mod check;
mod described;
mod explained;
mod formats;
mod killed;
mod replications;
mod report;
mod studies;
#[cfg(target_os = "linux")]
mod terminal;

use expect_test::{Expect, expect};
use std::path::Path;
use std::process::{Command, Output};

fn walras(arguments: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_walras"));
    command.args(arguments).current_dir(env!("CARGO_MANIFEST_DIR"));
    command.output().expect("the program is built")
}

fn stdout(output: &Output) -> String {
    String::from_utf8_lossy(&output.stdout).into_owned()
}

/// Checks the exit code and what is said on stderr.
fn refuses(arguments: &[&str], code: i32, expected: &Expect) {
    let output = walras(arguments);
    expected.assert_eq(&String::from_utf8_lossy(&output.stderr));
    assert_eq!(output.status.code(), Some(code), "{arguments:?}");
    assert_eq!(stdout(&output), "", "data alone goes to stdout");
}

const SMALL: &str = r#"(
    horizon: "1d",
    fleet: [(name: "h", gpu_type: "NVIDIA RTX A6000", datacenter: "EU-RO-1", gpus: 2)],
    accounts: [(name: "ada", balance: 100)],
    script: [
        (at: "1h", account: "ada", do: CreatePod(name: "p", gpuTypeId: "NVIDIA RTX A6000", gpuCount: 2)),
    ],
)"#;

fn small(directory: &Path) -> String {
    let path = directory.join("small.ron");
    std::fs::write(&path, SMALL).unwrap();
    path.display().to_string()
}

fn names(directory: &Path) -> Vec<String> {
    let entries = std::fs::read_dir(directory).unwrap();
    let mut names: Vec<String> =
        entries.map(|entry| entry.unwrap().file_name().to_string_lossy().into_owned()).collect();
    names.sort();
    names
}

#[test]
fn a_run_writes_the_tables_asked_for_and_says_what_came_out() {
    let directory = tempfile::tempdir().unwrap();
    let (scenario, out) = (small(directory.path()), directory.path().join("out"));
    let out = out.display().to_string();
    let output =
        walras(&["run", &scenario, "--out", &out, "--tables", "pods,ledger", "--seed", "7"]);
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    assert!(output.stderr.is_empty(), "no progress bar where no terminal is");
    let expected = ["ledger.csv", "manifest.json", "pods.csv", "summary.csv", "summary.json"];
    assert_eq!(names(Path::new(&out)), expected);
    let shown = stdout(&output);
    for part in ["seed 7", "replication 0", "requests", "useful", "46 GPU-h", "revenue"] {
        assert!(shown.contains(part), "{part} is missing in {shown}");
    }
}

#[test]
fn what_the_command_line_sets_is_run_and_written_down() {
    let directory = tempfile::tempdir().unwrap();
    let (scenario, out) = (small(directory.path()), directory.path().join("out"));
    let out = out.display().to_string();
    let sets = ["--set", "horizon=2h", "--set", "accounts[ada].balance=7.5"];
    let output = walras(&[&["run", &scenario, "--out", &out][..], &sets[..]].concat());
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let manifest = std::fs::read_to_string(Path::new(&out).join("manifest.json")).unwrap();
    let manifest: serde_json::Value = serde_json::from_str(&manifest).unwrap();
    assert_eq!(manifest["horizon_s"], "7200");
    assert_eq!(manifest["set"], serde_json::json!(["horizon=2h", "accounts[ada].balance=7.5"]));
    assert!(0 < manifest["timing"]["peak_memory_bytes"].as_u64().unwrap_or(1));
    let accounts = std::fs::read_to_string(Path::new(&out).join("accounts.csv")).unwrap();
    assert!(accounts.contains("ada,,7.5,"), "{accounts}");
}

#[test]
fn what_is_wrong_with_an_override_is_shown_on_the_argument() {
    let directory = tempfile::tempdir().unwrap();
    let scenario = small(directory.path());
    let out = directory.path().join("out").display().to_string();
    let sets = [
        "--set",
        "rules.grcae=10s",
        "--set",
        "fleet[3].gpus=1",
        "--set",
        "accounts[adda].balance=1",
        "--set",
        "horizon.days=1",
    ];
    let output = walras(&[&["run", &scenario, "--out", &out][..], &sets[2..]].concat());
    assert_eq!(output.status.code(), Some(2));
    let said = String::from_utf8_lossy(&output.stderr).replace(&scenario, "small.ron");
    expect![[r#"
        error: `horizon` has no fields
         --> --set:1:1
          |
        1 | horizon.days=1
          | ^^^^^^^^^^^^ expected the path of a field

        error: `fleet` has no item 3
         --> --set:1:1
          |
        1 | fleet[3].gpus=1
          | ^^^^^^^^^^^^^ expected an item from 0 to 0

        error: `accounts` has no item called `adda`
         --> --set:1:1
          |
        1 | accounts[adda].balance=1
          | ^^^^^^^^^^^^^^^^^^^^^^ expected the index of an item, or one of ada
          |
          = help: did you mean `ada`?

        3 problems in small.ron: nothing was run
    "#]]
    .assert_eq(&said);
    let output = walras(&[&["run", &scenario, "--out", &out][..], &sets[..2]].concat());
    assert_eq!(output.status.code(), Some(2));
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(said.contains("rules.grcae=10s") && said.contains("did you mean `grace`?"), "{said}");
    assert_eq!(names(directory.path()), ["small.ron"], "nothing is written");
}

#[test]
fn arguments_that_cannot_be_meant_are_refused() {
    let output = walras(&["run", "scenarios/quickstart.ron", "--tables", "pods,legder"]);
    assert_eq!(output.status.code(), Some(2));
    assert!(String::from_utf8_lossy(&output.stderr).contains("there is no table `legder`"));
    let output = walras(&["run", "scenarios/quickstart.ron", "--set", "seed"]);
    assert_eq!(output.status.code(), Some(2));
    refuses(
        &["check", "scenarios/nowhere.ron"],
        2,
        &expect![[r#"
            error: cannot read `scenarios/nowhere.ron`
            --> scenarios/nowhere.ron
             = note: expected a scenario file
             = note: found: No such file or directory (os error 2)

            1 problem in scenarios/nowhere.ron: nothing was run
        "#]],
    );
}

#[test]
fn a_directory_that_is_no_run_s_is_left_alone() {
    let directory = tempfile::tempdir().unwrap();
    let scenario = small(directory.path());
    let out = directory.path().join("precious");
    std::fs::create_dir(&out).unwrap();
    std::fs::write(out.join("thesis.txt"), "years of work").unwrap();
    let output = walras(&["run", &scenario, "--out", &out.display().to_string()]);
    assert_eq!(output.status.code(), Some(1));
    assert!(String::from_utf8_lossy(&output.stderr).contains("is not the output of a run"));
    assert_eq!(names(&out), ["thesis.txt"]);
    assert_eq!(names(directory.path()), ["precious", "small.ron"], "nothing unfinished is left");
}

#[test]
fn notes_beside_an_earlier_run_are_left_alone() {
    let directory = tempfile::tempdir().unwrap();
    let scenario = small(directory.path());
    let out = directory.path().join("out");
    let run =
        || walras(&["run", &scenario, "--tables", "none", "--out", &out.display().to_string()]);
    assert!(run().status.success());
    assert!(run().status.success(), "a run may be repeated");
    std::fs::write(out.join("notes.ipynb"), "years of work").unwrap();
    let output = run();
    assert_eq!(output.status.code(), Some(1));
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(said.contains("holds notes.ipynb, which no run has written"), "{said}");
    assert!(out.join("notes.ipynb").exists());
    assert_eq!(names(directory.path()), ["out", "small.ron"], "nothing unfinished is left");
}

#[cfg(unix)]
#[test]
fn a_link_stays_a_link_and_a_name_that_cannot_be_taken_leaves_nothing() {
    let directory = tempfile::tempdir().unwrap();
    let scenario = small(directory.path());
    let run = |out: &Path| walras(&["run", &scenario, "--out", &out.display().to_string()]);
    let (real, link) = (directory.path().join("real"), directory.path().join("link"));
    std::fs::create_dir(&real).unwrap();
    std::os::unix::fs::symlink(&real, &link).unwrap();
    assert!(run(&link).status.success());
    assert!(link.is_symlink() && real.join("manifest.json").is_file());
    let dangling = directory.path().join("dangling");
    std::os::unix::fs::symlink("nowhere", &dangling).unwrap();
    assert_eq!(run(&dangling).status.code(), Some(1));
    assert_eq!(names(directory.path()), ["dangling", "link", "real", "small.ron"]);
}

#[test]
fn the_catalogue_and_a_trace_are_shown() {
    let shown = stdout(&walras(&["catalog", "RTX A6000"]));
    expect![[r#"
        Prices and floors (the lowest bids) in USD per GPU-hour; speed as a multiple of an A100 PCIe 80 GB.
        `-`: a scenario that uses the price states it; a floor that none states is a share of the price.
        --sources tells where each figure comes from.

                               secure         community         per GPU
         GPU type          GB   price  floor      price  floor    vCPUs  GB  speed
         NVIDIA RTX A6000  48    0.79   0.49       0.69   0.34        4  50  0.443
    "#]].assert_eq(&shown);
    let shown = stdout(&walras(&["catalog", "--sources"]));
    assert!(shown.contains("2024-01-05  DOC24 SKY6 SKY5"), "{shown}");
    let shown = stdout(&walras(&["catalog"]));
    assert!(shown.lines().all(|line| line.chars().count() <= 120), "too wide\n{shown}");
    assert!(!shown.contains("DOC24"), "{shown}");
    let pods = "scenarios/traces/openb_pods_sample.csv";
    let nodes = "scenarios/traces/openb_nodes_sample.csv";
    let shown = stdout(&walras(&["describe", pods, "--fleet", nodes]));
    for part in ["list of pods of Alibaba openb 2023, 367 rows", "mean busy", "GPUs able", "0.566"]
    {
        assert!(shown.contains(part), "{part} is missing in {shown}");
    }
    let output = walras(&["describe", "scenarios/quickstart.ron"]);
    assert_eq!(output.status.code(), Some(2));
    assert!(String::from_utf8_lossy(&output.stderr).starts_with("error: "));
}

#[test]
fn describe_says_what_it_cannot_show() {
    let pods = "scenarios/traces/openb_pods_sample.csv";
    let nodes = "scenarios/traces/openb_nodes_sample.csv";
    refuses(
        &["describe", nodes, "--fleet", nodes],
        2,
        &expect![[r#"
            error: scenarios/traces/openb_nodes_sample.csv is a list of nodes of Alibaba openb 2023, expected with --fleet a list of requests, to be held against the fleet
        "#]],
    );
    refuses(
        &["describe", pods, "--fleet", pods],
        2,
        &expect![[r#"
            error: scenarios/traces/openb_pods_sample.csv is a list of pods of Alibaba openb 2023, expected a list of machines
        "#]],
    );
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("empty.csv");
    for header in ["arrival_s,duration_s,gpus", "sn,cpu_milli,memory_mib,gpu,model"] {
        std::fs::write(&path, format!("{header}\n# nothing yet\n")).unwrap();
        let shown = stdout(&walras(&["describe", &path.display().to_string()]));
        assert!(shown.ends_with("\n\nIt has a header and no rows\n"), "{shown}");
    }
}

#[test]
fn every_command_s_help_gives_an_example() {
    for command in ["run", "check", "catalog", "describe"] {
        let shown = stdout(&walras(&[command, "--help"]));
        assert!(
            shown.contains("Example") && shown.contains(&format!("walras {command}")),
            "{shown}"
        );
    }
}

#[test]
fn every_scenario_that_ships_can_be_run() {
    let directory = tempfile::tempdir().unwrap();
    for name in names(Path::new("scenarios")).iter().filter(|name| name.ends_with(".ron")) {
        let (scenario, out) = (format!("scenarios/{name}"), directory.path().join(name));
        for arguments in [
            vec!["check", &scenario],
            vec!["run", &scenario, "--out", &out.display().to_string(), "--tables", "none"],
        ] {
            let output = walras(&arguments.iter().map(|argument| &**argument).collect::<Vec<_>>());
            let said = String::from_utf8_lossy(&output.stderr);
            assert!(output.status.success() && said.is_empty(), "{arguments:?}: {said}");
        }
        assert_eq!(names(&out), ["manifest.json", "summary.csv", "summary.json"]);
    }
}

#[test]
fn the_quickstart_shows_a_displacement_and_a_customer_out_of_credit() {
    let directory = tempfile::tempdir().unwrap();
    let out = directory.path().join("out");
    let output = walras(&["run", "scenarios/quickstart.ron", "--out", &out.display().to_string()]);
    assert!(output.status.success());
    let events = std::fs::read_to_string(out.join("events.csv")).unwrap();
    let of_carol: Vec<&str> = events.lines().filter(|row| row.contains(",notice,carol,")).collect();
    let kinds = ["low_balance", "stopped_for_funds", "drained", "removed"];
    assert_eq!(of_carol.len(), kinds.len(), "{of_carol:?}");
    for (row, kind) in of_carol.iter().zip(kinds) {
        assert!(row.ends_with(&format!("kind={kind}")), "{row}");
    }
    for reason in ["reason=displaced_by_on_demand", "reason=outbid"] {
        assert!(events.contains(reason), "{reason} is not to be seen");
    }
}

/// The README shows what a reader will see.
#[test]
fn the_readme_shows_what_the_quickstart_prints() {
    let directory = tempfile::tempdir().unwrap();
    let out = directory.path().join("out").display().to_string();
    let shown = stdout(&walras(&["run", "scenarios/quickstart.ron", "--out", &out]));
    let readme = std::fs::read_to_string("README.md").unwrap();
    let figures = shown.split("\n\n").filter(|part| part.starts_with(' '));
    let figures: Vec<&str> = figures.map(|part| part.trim_end()).collect();
    assert_eq!(figures.len(), 2, "{shown}");
    for part in figures {
        assert!(readme.contains(part), "the README does not show\n{part}");
    }
}

/// SIGINT and SIGTERM end a run, and leave nothing behind.
#[cfg(unix)]
#[test]
fn an_interrupted_run_leaves_nothing_behind() {
    for signal in ["-INT", "-TERM"] {
        let directory = tempfile::tempdir().unwrap();
        let out = directory.path().join("out").display().to_string();
        let long = ["--set", "horizon=36500d", "--tables", "none"];
        let arguments =
            [&["run", "scenarios/quickstart.ron", "--out", &out][..], &long[..]].concat();
        let mut command = Command::new(env!("CARGO_BIN_EXE_walras"));
        let mut run = command.args(arguments).stderr(std::process::Stdio::piped()).spawn().unwrap();
        while names(directory.path()).is_empty() {
            std::thread::yield_now(); // it begins by making its unfinished directory
        }
        assert!(
            Command::new("kill").args([signal, &run.id().to_string()]).status().unwrap().success()
        );
        assert_eq!(run.wait().unwrap().code(), Some(130), "{signal}");
        assert_eq!(names(directory.path()), [""; 0]);
    }
}
