//! Savings plans as outputs tell them, and what is refused of them before a run.

use crate::build::{self, Heard};
use walras::engine::{self, RunId};
use walras::journal::Fact;
use walras::journal::fact::{Item, Refusal};
use walras::journal::{Journal, Sink};
use walras::metrics::{Metrics, Subject};
use walras::scenario::Scenario;
use walras::scenario::load::{self, from_text};
use walras::trace::{TableName, Traces};
use walras::units::{Money, SimTime};

fn scenario(text: &str) -> Scenario {
    from_text("plans.ron", text).unwrap_or_else(|problems| panic!("{problems}"))
}

/// The rows of a table, each as its columns.
fn table(scenario: &Scenario, table: TableName) -> Vec<Vec<String>> {
    let directory = tempfile::tempdir().unwrap();
    let mut traces = Traces::create(directory.path(), &[table], scenario).unwrap();
    let run = RunId { seed: scenario.seed, replication: 0 };
    let sinks: Vec<&mut dyn Sink> = vec![&mut traces];
    engine::run(scenario, run, &mut Journal::new(sinks), &mut |_| {}).unwrap();
    let records = traces.finish().unwrap();
    let text = std::fs::read_to_string(directory.path().join(&records[0].name)).unwrap();
    let mut reader = csv::Reader::from_reader(text.as_bytes());
    let rows = reader.records().map(|row| row.unwrap().iter().map(str::to_owned).collect());
    rows.collect()
}

/// A market of two clouds, the community one cheaper; one account buys a plan in the other.
const TWO_CLOUDS: &str = r#"(
    horizon: "1h",
    fleet: [
        (gpu_type: "NVIDIA RTX A6000", datacenter: "EU-RO-1"),
        (gpu_type: "NVIDIA RTX A6000", cloud: COMMUNITY),
    ],
    accounts: [(name: "ada", balance: 1000), (name: "bob", balance: 1000)],
    script: [
        (at: "0s", account: "ada", do: BuySavingsPlan(
            cloudType: SECURE, gpuTypeId: "NVIDIA RTX A6000", gpuCount: 1, term: "30d")),
        (at: "1m", account: "ada", do: CreatePod(
            name: "covered", gpuTypeId: "NVIDIA RTX A6000", containerDiskInGb: 0)),
        (at: "1m", account: "bob", do: CreatePod(
            name: "not covered", gpuTypeId: "NVIDIA RTX A6000", containerDiskInGb: 0)),
        (at: "2m", account: "ada", do: CreatePod(
            name: "too many", gpuTypeId: "NVIDIA RTX A6000", containerDiskInGb: 0)),
        (at: "31m", account: "ada", do: StopPod(podId: "covered")),
    ],
)"#;

/// PLAN-08, POD-05. A rental with a covered GPU is `savings`; it goes where it is covered, for that is where
/// it pays least.
#[test]
fn plan_08_a_covered_rental_is_of_kind_savings() {
    let rows = table(&scenario(TWO_CLOUDS), TableName::Pods);
    let brief: Vec<String> = rows
        .iter()
        .map(|row| [&row[0], &row[4], &row[9], &row[16]].map(String::as_str).join(" "))
        .collect();
    let expected = [
        "covered SECURE savings 0",
        "not covered COMMUNITY on_demand 0.69",
        "too many COMMUNITY on_demand 0.6785",
    ];
    assert_eq!(brief, expected);
}

/// PLAN-02, PLAN-08, HOST-12. The rows of a plan in the ledger, and its host's earnings by its price:
/// 30 minutes at 0.7505 owe 0.37525, of which 0.76 are the host's.
#[test]
fn plan_08_the_ledger_tells_purchase_and_earning_by_their_books() {
    let rows = table(&scenario(TWO_CLOUDS), TableName::Ledger);
    let of = |item: &str, subject: &str| -> Vec<String> {
        let rows = rows.iter().filter(|row| row[2] == item && row[3] == subject);
        rows.map(|row| row[..].join(",")).collect()
    };
    assert_eq!(
        of("savings_plan", "plan-1"),
        [
            "0,ada,savings_plan,plan-1,,,,customer/ada,prepaid/plan-1,540.36,459.64",
            "3600,,savings_plan,plan-1,1,60 s,60,prepaid/plan-1,revenue,0.7505,",
        ]
    );
    let host = &table(&scenario(TWO_CLOUDS), TableName::Pods)[0][6];
    assert_eq!(
        of("host_payout", "covered"),
        [format!("1860,,host_payout,covered,1,60 s,30,revenue,host/{host},0.28519,")]
    );
}

/// The figures of plans: what was paid, what of it is earned, what is not.
#[test]
fn figures_tell_what_plans_brought() {
    let scenario = scenario(TWO_CLOUDS);
    let mut metrics = Metrics::new(&scenario);
    let run = RunId { seed: 0, replication: 0 };
    let sinks: Vec<&mut dyn Sink> = vec![&mut metrics];
    engine::run(&scenario, run, &mut Journal::new(sinks), &mut |_| {}).unwrap();
    let summary = metrics.summary();
    let text = |metric: &str, subject| format!("{:?}", summary.value(metric, subject));
    for subject in [Subject::Market, Subject::Savings] {
        assert_eq!(text("plans_bought", subject), "Count(1)");
        assert_eq!(text("plans_paid", subject), format!("Money({:?})", usd("540.36")));
        assert_eq!(text("plans_revenue", subject), format!("Money({:?})", usd("0.7505")));
        assert_eq!(text("plans_prepaid", subject), format!("Money({:?})", usd("539.6095")));
    }
    let revenue = usd("0.7505") + usd("0.69") + usd("0.6785");
    assert_eq!(text("revenue", Subject::Market), format!("Money({revenue:?})"));
    assert_eq!(text("requests", Subject::Savings), "Count(1)");
    assert_eq!(text("requests", Subject::OnDemand), "Count(2)");
}

fn usd(text: &str) -> Money {
    Money::parse(text).expect("an amount")
}

/// PLAN-01. Terms are whole hours, and a segment names one that there is; an action that names another is
/// refused in the run.
#[test]
fn plan_01_a_term_that_there_is_not_is_told() {
    let told = |text: &str| from_text("terms.ron", text).expect_err(text).to_string();
    let rules = |terms: &str| format!(r#"(horizon: "1d", rules: (plan_discounts: {{{terms}}}))"#);
    let broken = told(&rules(r#""90m": 0.1"#));
    assert!(broken.contains("a duration of whole hours (PLAN-02)"), "{broken}");
    let twice = told(&rules(r#""1d": 0.1, "24h": 0.2"#));
    assert!(twice.contains("a term that is there already"), "{twice}");
    let segment = |kind: &str| {
        format!(
            r#"(horizon: "1d", fleet: [(gpu_type: "NVIDIA RTX A6000", datacenter: "EU-RO-1")],
            customers: [(name: "s", balance: 1, gpu_type: "NVIDIA RTX A6000", duration: "1h",
                arrivals: Renewal(gap: "1h"), kind: {kind})])"#
        )
    };
    let unknown = told(&segment(r#"savings(term: "31d")"#));
    assert!(unknown.contains(r#"one of "30d", "90d", "180d""#), "{unknown}");
    let none = told(&segment(r#"savings(term: "30d", gpus: 0)"#));
    assert!(none.contains("a savings plan for no GPU"), "{none}");
    assert!(told(&segment("savings()")).contains("missing field `term`"));
}

/// PLAN-01 to PLAN-08, as the shipped scenario tells them: who saves pays less for the same work, one term is
/// refused, and each account of the segment buys its plan anew when it has ended.
#[test]
fn the_shipped_scenario_of_plans_does_what_it_says() {
    let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("scenarios/savings_plans.ron");
    let scenario = load::load(&path, &[]).unwrap_or_else(|problems| panic!("{problems}"));
    let mut heard = Heard::default();
    let run = RunId { seed: scenario.seed, replication: 0 };
    let sinks: Vec<&mut dyn Sink> = vec![&mut heard];
    engine::run(&scenario, run, &mut Journal::new(sinks), &mut |_| {}).unwrap();
    let facts = heard.0;
    let refused = facts.iter().filter_map(|(_, fact)| match fact {
        Fact::Rejected { reason, .. } => Some(*reason),
        _ => None,
    });
    assert_eq!(refused.collect::<Vec<_>>(), [Refusal::BadArgument]);
    let account = |name: &str| scenario.accounts.iter().position(|one| one.name == name).unwrap();
    let spent = |name: &str| -> Money {
        let index = account(name);
        let posted = facts.iter().filter_map(|(_, fact)| match fact {
            Fact::Posted(posting) => Some(*posting),
            _ => None,
        });
        let own = posted.filter(|posting| {
            use walras::ids::Id;
            posting.account.is_some_and(|account| account.index() == index)
                && posting.item != Item::Deposit
        });
        own.map(|posting| posting.amount).sum()
    };
    assert!(spent("service with a plan") < spent("service on demand"));
    let bought = facts.iter().filter_map(|(at, fact)| match fact {
        Fact::PlanBought(plan) => Some((*at, plan.gpus)),
        _ => None,
    });
    let by_savers: Vec<SimTime> = bought.filter(|(_, gpus)| *gpus == 1).map(|(at, _)| at).collect();
    assert!(8 < by_savers.len() && by_savers.len() <= 12, "{by_savers:?}");
    build::run_audited(&scenario, 0);
}
