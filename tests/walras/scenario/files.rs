//! Scenarios of several files: what is included, and what traces say.

use super::{Files, segment, trace};
use expect_test::expect;
use walras::rng::draw::Distribution;
use walras::scenario::demand::{
    ArrivalProcess, CpuMemory, GpuShares, Larger, NoGpu, Replay, TraceFormat,
};
use walras::scenario::rules::InterruptedUnit;
use walras::scenario::{Override, Problems, Scenario};
use walras::units::{Money, SimTime, Span};

#[test]
fn included_lists_are_appended_and_paths_start_at_the_file_that_names_them() {
    let files = Files::new([
        ("a.ron", r#"(horizon: "1d", include: ["sub/fleet.ron", "sub/customers.ron"])"#),
        ("trace.csv", "this is no trace"),
    ]);
    std::fs::create_dir(files.path("sub")).unwrap();
    let write = |name: &str, text: &str| std::fs::write(files.path(name), text).unwrap();
    write(
        "sub/fleet.ron",
        r#"(fleet: [(gpu_type: "NVIDIA A40", datacenter: "EU-RO-1", count: 2)])"#,
    );
    write(
        "sub/customers.ron",
        r#"(customers: [(name: "c", balance: 1, gpu_type: "NVIDIA A40", arrivals: Replay(path: "trace.csv"))])"#,
    );
    write("sub/trace.csv", &trace(",account", &["0,60,1,ada", "1,60,2,bob", "2,60,1,ada"]));
    let scenario = files.read("a.ron");
    assert_eq!((scenario.hosts.len(), scenario.segments.len()), (2, 1));
    assert_eq!(scenario.accounts.len(), 2, "as many as the trace names");
    let inputs: Vec<String> = scenario.inputs.iter().map(|input| input.path.clone()).collect();
    let names = ["sub/fleet.ron", "sub/customers.ron", "sub/trace.csv"];
    assert_eq!(inputs, names.map(|name| files.path(name).display().to_string()));
}

#[test]
fn what_a_replay_states_reaches_the_model() {
    let scenario = segment(
        r#"Replay(
            path: "trace.csv", from: "30s", gpu_shares: skip, no_gpu: zero_gpu, cpu_memory: ignored,
            largest_pod: 8, larger: skip,
            types: {"big": ["NVIDIA A40", "NVIDIA RTX A6000"]},
        )"#,
        r#"from: "1h", until: "2h","#,
    )
    .replace("fleet: [", r#"fleet: [(gpu_type: "NVIDIA A40", datacenter: "EU-RO-1"), "#);
    let rows = ["0,1,1,big", "30,1,8,big", "40,1,4,NVIDIA RTX A6000|big", "50,1,1,"];
    let trace = trace(",gpu_type", &rows);
    let files = Files::new([("a.ron", scenario.as_str()), ("trace.csv", &trace)]);
    let scenario = files.read("a.ron");
    let list = |names: &[&str]| {
        let named = |list: &Vec<_>| {
            let of = |id: &walras::ids::GpuTypeId| {
                scenario.gpu_types[walras::ids::Id::index(*id)].name.as_str()
            };
            list.iter().map(of).collect::<Vec<_>>() == names
        };
        u32::try_from(scenario.type_lists.iter().position(named).unwrap()).unwrap()
    };
    let (a40, a6000) = ("NVIDIA A40", "NVIDIA RTX A6000");
    let expected = Replay {
        path: files.path("trace.csv"),
        format: TraceFormat::Plain,
        from: SimTime::from_seconds(30),
        gpu_shares: GpuShares::Skip,
        no_gpu: NoGpu::ZeroGpu,
        largest_pod: Some(8),
        larger: Larger::Skip,
        cpu_memory: CpuMemory::Ignored,
        types: vec![
            ("big".into(), list(&[a40, a6000])),
            ("NVIDIA RTX A6000|big".into(), list(&[a6000, a40])),
        ],
    };
    let segment = &scenario.segments[0];
    assert_eq!(segment.arrivals, ArrivalProcess::Replay(expected));
    assert_eq!(segment.demand.types, list(&[a6000]), "for the row that names none");
    assert_eq!(segment.gpus, Distribution::Constant(1.0));
}

#[test]
fn a_problem_of_an_included_file_names_that_file() {
    let files = Files::new([
        (
            "a.ron",
            "(\n    horizon: \"1d\",\n    include: [\"b.ron\", \"c.ron\", \"b.ron\", \"d.ron\"],\n)",
        ),
        ("b.ron", "(\n    accounts: [(name: \"alice\"), (name: \"bob\", balance: -1)],\n)"),
        ("c.ron", "(\n    accounts: [(name: \"alice\")],\n    horizon: \"1d\",\n)"),
        ("d.ron", "(accounts: [(name: \"alice\")])"),
    ]);
    expect![[r#"
        error: negative amount
         --> b.ron:2:56
          |
        2 |     accounts: [(name: "alice"), (name: "bob", balance: -1)],
          |                                                        ^^ expected an amount of at least 0
          |
          = note: field: accounts[1].balance

        error: unknown field `horizon`
         --> c.ron:3:5
          |
        3 |     horizon: "1d",
          |     ^^^^^^^ expected one of include, gpu_types, datacenters, fleet, supply, accounts, templates, customers, endpoints, requests, script
          |
          = note: field: horizon

        error: duplicate account `alice`
         --> d.ron:1:20
          |
        1 | (accounts: [(name: "alice")])
          |                    ^^^^^^^ expected a name of its own; `accounts[0].name` in line 2 of b.ron has it
          |
          = note: field: accounts[0].name
    "#]].assert_eq(&files.refused("a.ron"));
}

#[test]
fn a_profile_of_one_s_own_is_checked_in_its_own_file() {
    let files = Files::new([
        ("a.ron", r#"(horizon: "1d", profile: "mine.ron")"#),
        ("mine.ron", "(\n    name: \"mine\",\n    rules: (grace: \"5 sec\"),\n)"),
    ]);
    expect![[r#"
        error: missing field `date`
         --> mine.ron:1:1
          |
        1 | (
          | ^ expected a field `date` in here

        error: missing field `source`
         --> mine.ron:1:1
          |
        1 | (
          | ^ expected a field `source` in here

        error: unreadable duration
         --> mine.ron:3:20
          |
        3 |     rules: (grace: "5 sec"),
          |                    ^^^^^^^ expected a duration such as "5s", "90m", "1h30m", "36h" or "30d" (units: us, ms, s, m, h, d, w)
          |
          = note: field: rules.grace
    "#]].assert_eq(&files.refused("a.ron"));
}

#[test]
fn a_column_of_numbers_that_is_none() {
    let scenario = super::poisson(
        r#"duration: Empirical(path: "jobs.csv", column: "seconds"),
        value: Empirical(path: "jobs.csv", column: "job"),
        patience: Empirical(path: "empty.csv", column: "x"),
        batch: Empirical(path: "jobs.csv", column: "balance"),"#,
    );
    let files = Files::new([
        ("a.ron", scenario.as_str()),
        ("jobs.csv", "job,hours,balance\na,1,-2\n"),
        ("empty.csv", "x\n"),
    ]);
    expect![[r#"
        error: in `jobs.csv` column `seconds` is missing; the file has job, hours, balance
         --> a.ron:9:55
          |
        9 |         duration: Empirical(path: "jobs.csv", column: "seconds"),
          |                                                       ^^^^^^^^^ expected a column that file and format have: see scenarios/traces/README.md
          |
          = note: field: customers[0].duration.column

        error: `jobs.csv` is malformed in row 1 (line 2), column `job`
          --> a.ron:10:32
           |
        10 |         value: Empirical(path: "jobs.csv", column: "job"),
           |                                ^^^^^^^^^^ expected a number there
           |
          ::: jobs.csv:2:1
           |
         2 | a,1,-2
           | - found here
           |
           = note: field: customers[0].value.path
           = note: found: a

        error: empty distribution
          --> a.ron:11:35
           |
        11 |         patience: Empirical(path: "empty.csv", column: "x"),
           |                                   ^^^^^^^^^^^ expected a column with at least one value
           |
           = note: field: customers[0].patience.path

        error: negative values
          --> a.ron:12:16
           |
        12 |         batch: Empirical(path: "jobs.csv", column: "balance"),
           |                ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ expected values of at least 0
           |
           = note: field: customers[0].batch
           = note: found: -2
    "#]].assert_eq(&files.refused("a.ron"));
}

/// Where it comes first: two files may rest on a third, and files on one another.
#[test]
fn a_file_is_included_once_however_it_is_named() {
    let account = |name: &str, include: &str| {
        format!(r#"(include: [{include}], accounts: [(name: "{name}")])"#)
    };
    let files = Files::new([
        ("a.ron", r#"(horizon: "1d", include: ["b.ron", "c.ron"], accounts: [(name: "a")])"#),
        ("b.ron", &account("b", r#""d.ron", "./b.ron", "x/../a.ron", "a.ron""#)),
        ("c.ron", &account("c", r#""././d.ron", "b.ron""#)),
        ("d.ron", &account("d", r#""c.ron""#)),
    ]);
    std::fs::create_dir(files.path("x")).unwrap();
    let scenario = files.read("a.ron");
    let names: Vec<&str> = scenario.accounts.iter().map(|account| &*account.name).collect();
    assert_eq!(names, ["a", "b", "d", "c"]);
    assert_eq!(scenario.inputs.len(), 3, "each of them once in the manifest");
    let itself = Files::new([("a.ron", r#"(horizon: "1d", profile: "./a.ron")"#)]);
    assert!(itself.refused("a.ron").starts_with("error: `./a.ron` is read twice"));
}

#[test]
fn files_that_include_one_another_too_deep() {
    let directory = tempfile::tempdir().unwrap();
    let write = |name: &str, text: &str| std::fs::write(directory.path().join(name), text).unwrap();
    write("main.ron", r#"(horizon: "1d", include: ["0.ron"])"#);
    for index in 0..70 {
        write(&format!("{index}.ron"), &format!(r#"(include: ["{}.ron"])"#, index + 1));
    }
    write("70.ron", "()");
    let path = directory.path().join("main.ron");
    let problems = walras::scenario::load(&path, &[]).unwrap_err().to_string();
    assert!(problems.contains("error: included too deep"), "{problems}");
    assert!(problems.contains("63.ron:1:12"), "{problems}");
}

#[test]
fn a_scenario_is_utf_8_with_or_without_a_byte_order_mark() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("a.ron");
    let load = |bytes: &[u8]| {
        std::fs::write(&path, bytes).unwrap();
        walras::scenario::load(&path, &[])
    };
    assert!(load("\u{feff}(horizon: \"1d\")".as_bytes()).is_ok());
    let problems = load(b"(horizon: \"1d\", title: \"caf\xe9\")").unwrap_err().to_string();
    assert!(problems.contains("error: bytes that are no text"), "{problems}");
    assert!(problems.contains("a.ron:1:28"), "{problems}");
}

/// Three accounts and a host, most of them in included files.
fn with_included() -> Files {
    Files::new([
        ("a.ron", r#"(horizon: "1d", include: ["b.ron", "c.ron"], accounts: [(name: "ada")])"#),
        ("b.ron", r#"(accounts: [(name: "bob", balance: 1), (name: "eve")])"#),
        (
            "c.ron",
            r#"(fleet: [(name: "h", gpu_type: "NVIDIA RTX A6000", datacenter: "EU-RO-1", gpus: 4)])"#,
        ),
    ])
}

/// The scenario `a.ron` under these overrides.
fn under(files: &Files, sets: &[(&str, &str)]) -> Result<Scenario, Problems> {
    let set = |(path, value): &(&str, &str)| Override::new(*path, *value);
    let sets: Vec<Override> = sets.iter().map(set).collect();
    walras::scenario::load(&files.path("a.ron"), &sets)
}

/// An item is meant as the whole scenario has it, wherever it stands.
#[test]
fn an_override_reaches_what_is_included() {
    let files = with_included();
    let sets = [
        ("accounts[bob].balance", "20"),
        ("accounts[2].balance", "30"),
        ("accounts[0].balance", "10"),
        ("fleet[h].gpus", "2"),
        ("fleet[0].gpu_type", "NVIDIA GeForce RTX 4090"),
    ];
    let scenario = under(&files, &sets).unwrap();
    let balances: Vec<_> = scenario.accounts.iter().map(|account| account.balance).collect();
    assert_eq!(balances, [10, 20, 30].map(|usd| Some(Money::from_dollars(usd))));
    assert_eq!((scenario.hosts[0].gpus, &*scenario.gpu_types[0].display_name), (2, "RTX 4090"));
    assert_eq!(scenario.overrides.len(), sets.len());
    // What is wrong with a value is shown on the argument.
    let said = under(&files, &[("accounts[bob].balance", "-1")]).unwrap_err().to_string();
    assert!(said.contains("negative amount\n --> --set:1:23"), "{said}");
    let said = under(&files, &[("accounts[bob].blance", "1")]).unwrap_err().to_string();
    assert!(said.contains("unknown field `blance`\n --> --set:1:1"), "{said}");
}

/// A shell takes the inner quotation marks away; nor is the word shown with any that nobody wrote.
#[test]
fn a_choice_with_a_duration_needs_no_quotation_marks_on_the_command_line() {
    let files = with_included();
    let unit = |value: &str| under(&files, &[("rules.interrupted_unit", value)]);
    for value in
        ["free_within(1h)", r#"free_within("1h")"#, r#""free_within(1h)""#, "free_within( 1h )"]
    {
        let rules = unit(value).unwrap().rules;
        assert_eq!(rules.interrupted_unit, InterruptedUnit::FreeWithin(Span::HOUR), "{value}");
    }
    let said = unit("free_withn(1h)").unwrap_err().to_string();
    assert!(said.contains("unknown choice `free_withn`\n"), "{said}");
}

#[test]
fn an_override_that_leads_nowhere_names_all_items() {
    let bad = [
        ("accounts[eva].balance", "20"),
        ("accounts[3].balance", "20"),
        ("accounts[bob].auto_pay[1]", "20"),
        ("customers[0].gpus", "1"),
        ("sed.x[0]", "1"),
    ];
    let said = under(&with_included(), &bad).unwrap_err().to_string();
    expect![[r#"
        error: the scenario does not state `sed`, so that has no items
         --> --set:1:1
          |
        1 | sed.x[0]=1
          | ^^^^^^^^ expected the path of a field

        error: `accounts` has no item called `eva`
         --> --set:1:1
          |
        1 | accounts[eva].balance=20
          | ^^^^^^^^^^^^^^^^^^^^^ expected the index of an item, or one of ada, bob, eve
          |
          = help: did you mean `eve`?

        error: `accounts` has no item 3
         --> --set:1:1
          |
        1 | accounts[3].balance=20
          | ^^^^^^^^^^^^^^^^^^^ expected an item from 0 to 2

        error: `accounts[0]` does not state `auto_pay`, so that has no items
         --> --set:1:1
          |
        1 | accounts[bob].auto_pay[1]=20
          | ^^^^^^^^^^^^^^^^^^^^^^^^^ expected the path of a field

        error: the scenario does not state `customers`, so that has no items
         --> --set:1:1
          |
        1 | customers[0].gpus=1
          | ^^^^^^^^^^^^^^^^^ expected the path of a field
    "#]]
    .assert_eq(&format!("{said}\n"));
}
