//! Customers who decide: what they answer to what happens, what they bid, when they go on demand, when they
//! leave, and what that comes to; worked by hand.

pub(crate) mod storm;
mod told;

use told::tell;

/// A market and one customer, as text: what the customer says beside its bare needs, and
///
/// - `rival NAME FROM UNTIL [BID]`: a rival's pod on one A6000, on demand or at a bid;
/// - `hosts COUNT GPUS`: A6000s at 0.79, floor 0.49 (one host of one GPU unless it says); `more HOST`: a
///   further group of hosts;
/// - `rules RULES`, `script ACTIONS`, `horizon SPAN`.
///
/// Images are there, containers start at once; the customer comes at 100 s with 600 s of work on one GPU,
/// 100 USD, no disks.
fn scenario(case: &str) -> String {
    let (mut fleet, mut rules, mut script) = (String::new(), String::new(), String::new());
    let (mut needs, mut horizon, mut hosts) = (String::new(), "10h", "1 1");
    for line in case.lines() {
        let (word, rest) = line.split_once(' ').unwrap_or((line, ""));
        match word {
            "rival" => script += &rival(rest),
            "script" => script += rest,
            "hosts" => hosts = rest,
            "more" => fleet += rest,
            "rules" => rules += rest,
            "horizon" => horizon = rest,
            _ => needs += line,
        }
    }
    let (count, gpus) = hosts.split_once(' ').unwrap();
    let default = |name: &str, value: &str| match needs.contains(&format!("{name}:")) {
        true => String::new(),
        false => format!("{name}: {value}, "),
    };
    let defaults = [
        default("balance", "100"),
        default("gpu_type", r#""NVIDIA RTX A6000""#),
        default("container_disk_gb", "0"),
        default("duration", r#""600s""#),
    ];
    format!(
        r#"(
    horizon: "{horizon}",
    sample_every: None,
    rules: (container_start: "0s", {rules}),
    fleet: [
        (prefix: "h", gpu_type: "NVIDIA RTX A6000", datacenter: "EU-RO-1", count: {count}, gpus: {gpus}),
        {fleet}
    ],
    accounts: [(name: "rival", balance: 100000)],
    customers: [(
        name: "c", arrivals: Renewal(gap: "100s"), until: "150s", {}
        {needs}
    )],
    script: [{script}],
)"#,
        defaults.concat()
    )
}

fn rival(text: &str) -> String {
    let words: Vec<&str> = text.split(' ').collect();
    let (name, from, until) = (words[0], words[1], words[2]);
    let (operation, bid) = match words.get(3) {
        Some(bid) => ("CreateSpotPod", format!(", bidPerGpu: {bid}")),
        None => ("CreatePod", String::new()),
    };
    format!(
        r#"(at: "{from}s", account: "rival", do: {operation}(name: "{name}",
            gpuTypeId: "NVIDIA RTX A6000", containerDiskInGb: 0{bid})),
        (at: "{until}s", account: "rival", do: TerminatePod(podId: "{name}")),"#
    )
}

/// Cases worked by hand: `=== name`, a market, `---`, what its customer does.
#[test]
fn customers_do_what_was_worked_out_by_hand() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/walras/customers/cases.txt");
    let text = std::fs::read_to_string(path).unwrap();
    let mut wrong = String::new();
    let mut count = 0;
    for case in text.split("\n=== ").skip(1) {
        let (name, rest) = case.split_once('\n').unwrap();
        let (market, says) = rest.split_once("---\n").unwrap();
        let told = tell(&scenario(market));
        if told != says.trim_end() {
            wrong += &format!("=== {name}\n{market}---\n{says}\n--- but this happened\n{told}\n\n");
        }
        count += 1;
    }
    assert!(wrong.is_empty(), "{wrong}");
    assert!(20 < count, "{count} cases");
}
