//! What `walras check` says before a run.

use super::{SMALL, stdout, walras};

#[test]
fn check_says_what_would_be_refused_and_what_is_given() {
    let sets = ["--set", "rules.spot=false", "--set", "rules.trial_credit=0.5"];
    let shown = stdout(&walras(&[&["check", "scenarios/quickstart.ron"][..], &sets[..]].concat()));
    assert!(shown.contains("The rules have no spot: 980 requests will be refused"), "{shown}");
    let credit = shown.lines().find(|line| line.contains("trial credit"));
    // Half a dollar for each of 82 accounts.
    assert!(credit.is_some_and(|line| line.ends_with(" 41.00")), "{shown}");
}

/// What the rules are the state of, and by whose word.
#[test]
fn check_says_whence_the_rules_are() {
    let shown =
        stdout(&walras(&["check", "scenarios/quickstart.ron", "--set", "profile=vast-2026"]));
    assert!(
        shown.contains("profile vast-2026, as of 2026-08-07\nRules: Vast's documentation"),
        "{shown}"
    );
    let shown = stdout(&walras(&["check", "scenarios/quickstart.ron"]));
    assert!(shown.contains("profile runpod-2024-03, as of 2024-03-17\nRules: RunPod's"), "{shown}");
}

#[test]
fn check_says_what_comes_too_late_to_happen() {
    let directory = tempfile::tempdir().unwrap();
    let trace = directory.path().join("trace.csv");
    // The third and the last come too late; the fourth asks for no GPU and is skipped anyway.
    let rows = "0,60,1\n3599,60,1\n3600,60,1\n3601,60,0\n7200,60,1\n";
    std::fs::write(&trace, format!("arrival_s,duration_s,gpus\n{rows}")).unwrap();
    let action = |at: &str| format!(r#"(at: "{at}", account: "ada", do: Deposit(amount: 20))"#);
    let script = ["3600s", "3601s", "2h"].map(action).join(", ");
    let customers = r#"[(name: "c", balance: 9, gpu_type: "NVIDIA RTX A6000",
        arrivals: Replay(path: "trace.csv"))]"#;
    let path = directory.path().join("late.ron");
    let text = SMALL.replace("script: [", &format!("customers: {customers}, script: [{script}, "));
    std::fs::write(&path, text.replace("\"1d\"", "\"1h\"")).unwrap();
    let path = path.display().to_string();
    let shown = stdout(&walras(&["check", &path]));
    let rows = "Requests of traces left out, as the run or their segment is over by then: 2\n";
    let actions = "4 scripted actions, of which 2 come after the horizon and never happen\n";
    assert!(shown.contains(rows) && shown.contains(actions), "{shown}");
    let shown = stdout(&walras(&["check", &path, "--set", "horizon=3h"]));
    assert!(!shown.contains("over by then") && !shown.contains("after the horizon"), "{shown}");
    // An action at the horizon is before the end of the run (GEN-11).
    let out = directory.path().join("out");
    let out_name = out.display().to_string();
    assert!(walras(&["run", &path, "--out", &out_name]).status.success());
    let ledger = std::fs::read_to_string(out.join("ledger.csv")).unwrap();
    assert_eq!(ledger.matches("3600,ada,deposit,").count(), 1, "{ledger}");
}

/// SPOT-17. A reserve that starts below the floor of 0.49, or never gets there, as one host asks for 0.30.
#[test]
fn check_says_where_a_reserve_cannot_wander() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("walk.ron");
    let shown = |(start, ceiling): (&str, &str), (clearing, host): (&str, &str)| {
        let text = format!(
            r#"(
    horizon: "1h",
    rules: (
        spot_clearing: {clearing},
        spot_reserve: walk(start: {start}, ceiling: {ceiling}, sigma: 0.1, every: "5m"),
    ),
    fleet: [(gpu_type: "NVIDIA A40", datacenter: "EU-RO-1", gpus: 2){host}],
)"#
        );
        std::fs::write(&path, text).unwrap();
        stdout(&walras(&["check", &path.display().to_string()]))
    };
    let uniform = ("uniform_highest_losing", "");
    let low = "The reserve starts at 0.4, and the floor of A40, SECURE, is 0.49: there it moves";
    assert!(shown(("0.4", "0.9"), uniform).contains(low));
    let never = "wanders up to 0.45 at most, and the floor of A40, SECURE, is 0.49: there it never";
    assert!(shown(("0.4", "0.45"), uniform).contains(never));
    let host = r#", (gpu_type: "NVIDIA A40", datacenter: "EU-RO-1", gpus: 2, min_bid: 0.30)"#;
    assert!(!shown(("0.4", "0.9"), (uniform.0, host)).contains("The reserve"));
    assert!(!shown(("0.49", "0.9"), uniform).contains("The reserve"));
    assert!(!shown(("0.4", "0.9"), ("pay_as_bid", "")).contains("The reserve"));
}

/// SPOT-02, GPU-04. Floors here are half of 0.79 and of 0.69; one host has its own, and the script sets
/// others.
#[test]
fn check_says_which_bids_can_never_win() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("low.ron");
    let shown = |fleet: &str, bid: &str, price: &str| {
        let text = format!(
            r#"(
    horizon: "1h",
    gpu_types: [(id: "G", memory_gb: 24, secure: (price: 0.79), community: (price: 0.69))],
    fleet: [(gpu_type: "G", datacenter: "EU-RO-1", gpus: 2){fleet}],
    accounts: [(name: "ada", balance: 100)],
    customers: [(name: "c", balance: 9, gpu_type: "G", gpus: 2, duration: "1m", kind: spot(bid: {bid}),
        arrivals: Poisson(rate: "1/m"))],
    script: [
        (at: "0s", account: "ada", do: CreateSpotPod(name: "p", gpuTypeId: "G", bidPerGpu: {bid})),
        (at: "2h", account: "ada", do: CreateSpotPod(name: "q", gpuTypeId: "G", bidPerGpu: {bid})),
        {price}
    ],
)"#
        );
        std::fs::write(&path, text).unwrap();
        stdout(&walras(&["check", &path.display().to_string()]))
    };
    let said = |shown: &str| {
        let lines = shown.lines().filter(|line| line.contains("below every floor"));
        lines.map(|line| line.rsplit(": ").next().unwrap().to_owned()).collect::<Vec<_>>()
    };
    let community = r#", (gpu_type: "G", cloud: COMMUNITY)"#;
    let own = r#", (name: "h", gpu_type: "G", datacenter: "EU-RO-1", min_bid: 0.3)"#;
    let set = |what: &str| format!(r#"(at: "1m", do: SetPrice({what}, minimumBid: 0.2)),"#);
    let (scope, host) = (set(r#"gpuTypeId: "G""#), set(r#"host: "h""#));
    for (fleet, bid, price, is_hopeless) in [
        ("", "0.39499", "", true),
        ("", "0.395", "", false),
        (community, "0.345", "", false),
        (community, "0.34499", "", true),
        (own, "0.3", "", false),
        (own, "0.29", "", true),
        (own, "0.29", &host, false),
        (own, "0.29", &scope, false),
        (own, "0.19", &scope, true),
    ] {
        let text = shown(fleet, bid, price);
        let demand = text.lines().skip_while(|line| !line.starts_with("Demand")).nth(2).unwrap();
        let requests = demand.split_whitespace().nth(1).unwrap();
        let expected = if is_hopeless { vec![requests, "1"] } else { Vec::new() };
        assert_eq!(said(&text), expected, "{fleet} {bid} {price} {text}");
    }
}

/// ACCT-02, ACCT-05. Money in play is what will be taken; what is below the least deposit is told.
#[test]
fn check_counts_the_money_that_will_be_taken() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("deposits.ron");
    // Twenty accounts are paid for on seven days each; half of the draws are below the minimum, and a
    // draw of nothing is no deposit at all.
    let shown = |amount: &str, sets: &[&str]| {
        let text = format!(
            r#"(
    horizon: "8d",
    fleet: [(gpu_type: "NVIDIA RTX A6000", datacenter: "EU-RO-1")],
    accounts: [(name: "ada", balance: 100)],
    customers: [(name: "c", accounts: 20, balance: 0, gpu_type: "NVIDIA RTX A6000", duration: "1m",
        arrivals: Poisson(rate: "1/d"), deposits: (every: "1d", amount: {amount}))],
    script: [
        (at: "0s", account: "ada", do: Deposit(amount: 5)),
        (at: "8d", account: "ada", do: Deposit(amount: 30)),
        (at: "9d", account: "ada", do: Deposit(amount: 400)),
        (at: "1d", account: "ada", do: Adjust(amount: 2.5)),
        (at: "2d", account: "ada", do: Adjust(amount: -1)),
        (at: "1d", account: "ada", do: SetAutoPay(threshold: 1, amount: 2)),
    ],
)"#
        );
        std::fs::write(&path, text).unwrap();
        let path = path.display().to_string();
        stdout(&walras(&[&["check", &path][..], sets].concat()))
    };
    let after = |text: &str, label: &str| {
        let line = text.lines().find(|line| line.contains(label));
        line.map(|line| line.rsplit([' ', ':']).next().unwrap().replace(',', ""))
    };
    let number =
        |text: &str, label: &str| after(text, label).map(|said| said.parse::<f64>().unwrap());
    let text = shown("Choice({5: 0.5, 20: 0.5})", &[]);
    let refused = number(&text, "Deposits by plan that will be refused").unwrap();
    let later = number(&text, "paid in later, by plan").unwrap();
    assert!(0.0 < refused && (later / 20.0 + refused - 140.0).abs() < 1e-9, "{text}");
    assert!(text.contains("refused, as they are below the minimum of 10 USD: "), "{text}");
    assert_eq!(number(&text, "paid in by the script"), Some(30.0), "{text}");
    assert_eq!(number(&text, "adjusted by the script"), Some(1.5), "{text}");
    assert_eq!(number(&text, "Scripted payments that will be refused"), Some(2.0), "{text}");
    let text = shown("Choice({0: 0.5, 20: 0.5})", &[]);
    assert_eq!(number(&text, "Deposits by plan that"), None, "{text}");
    let text = shown("5", &["--set", "rules.minimum_deposit=2"]);
    assert_eq!(number(&text, "paid in later, by plan"), Some(700.0), "{text}");
    assert_eq!(number(&text, "paid in by the script"), Some(35.0), "{text}");
    assert_eq!(number(&text, "will be refused"), None, "{text}");
}

#[test]
fn check_says_which_list_prices_move() {
    let heading = "List prices that move";
    let shown = stdout(&walras(&["check", "scenarios/list_prices.ron"]));
    let table: Vec<&str> =
        shown.lines().skip_while(|line| !line.starts_with(heading)).skip(2).take(3).collect();
    let words = |line: &&str| line.split_whitespace().collect::<Vec<_>>().join(" ");
    assert_eq!(
        table.iter().map(words).collect::<Vec<_>>(),
        [
            "A40 SECURE time_of_day 3 a day 0.553 0.9875",
            "RTX 4090 COMMUNITY utilization every 15 min 0.32 1.28",
            "A100 PCIe SECURE replayed 35 in all 1.2 2.6",
        ]
    );
    let fixed = ["check", "scenarios/list_prices.ron", "--set", "policies.list_prices=[]"];
    assert!(!stdout(&walras(&fixed)).contains(heading));
}

/// POD-20. Two hours of work with a checkpoint of a minute every half an hour: three of them, on one GPU each.
#[test]
fn check_counts_checkpoints_and_says_what_it_leaves_out() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("saved.ron");
    let shown = |more: &str, around: &str| {
        let text = format!(
            r#"(
    horizon: "1d",
    fleet: [(gpu_type: "NVIDIA RTX A6000", datacenter: "EU-RO-1", gpus: 2)],
    customers: [(name: "c", balance: 9, gpu_type: "NVIDIA RTX A6000", duration: "2h", until: "11h",
        volume_gb: 10, arrivals: Renewal(gap: "1h"),
        checkpoint: (policy: interval("30m"), cost: "1m"{more}))],
    {around}
)"#
        );
        std::fs::write(&path, text).unwrap();
        stdout(&walras(&["check", &path.display().to_string()]))
    };
    let plain = shown("", "");
    // Ten come: 20 GPU-hours of work and half an hour of checkpoints, at 0.79.
    assert!(plain.contains("Of these, 0.5 GPU-h go into checkpoints"), "{plain}");
    assert!(plain.contains(" 20.5 ") && plain.contains("16.20"), "{plain}");
    assert!(plain.contains("costs at list prices ") && !plain.contains("left out"), "{plain}");
    let restarts = shown(", restart: \"1m\"", "");
    assert!(restarts.contains("Restarts, checkpoints at SIGTERM"), "{restarts}");
    let moving = [
        "policies: (list_price: time_of_day(factors: {8: 1.5})),",
        r#"script: [(at: "1h", do: SetPrice(gpuTypeId: "NVIDIA RTX A6000", price: 1))],"#,
    ];
    for around in moving {
        let shown = shown("", around);
        assert!(shown.contains("at list prices as they are at the start"), "{shown}");
    }
}
