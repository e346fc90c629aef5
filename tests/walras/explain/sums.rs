//! What stories say was paid is what the tables say, to the nano-dollar.

use super::question;
use std::collections::BTreeMap;
use std::path::Path;
use walras::engine::{self, RunId};
use walras::explain::{Explainer, Kind};
use walras::journal::{Journal, Sink};
use walras::scenario::Scenario;
use walras::trace::{TableName, Traces};
use walras::units::Money;

fn rows(directory: &Path, table: &str) -> Vec<BTreeMap<String, String>> {
    let mut reader = csv::Reader::from_path(directory.join(table)).unwrap();
    reader.deserialize().map(Result::unwrap).collect()
}

/// The sums of `ledger.csv` by (subject, item), of rows that an account pays.
fn ledger(directory: &Path) -> BTreeMap<(String, String), Money> {
    let mut sums = BTreeMap::new();
    for row in rows(directory, "ledger.csv") {
        if !row["account"].is_empty() {
            let key = (row["subject"].clone(), row["item"].clone());
            *sums.entry(key).or_insert(Money::ZERO) += Money::parse(&row["amount_usd"]).unwrap();
        }
    }
    sums
}

/// Every account, and every so manieth pod, of those that were asked for.
fn questions(directory: &Path, scenario: &Scenario) -> Vec<(Kind, String)> {
    let mut pods: Vec<String> =
        rows(directory, "pods.csv").into_iter().map(|row| row["pod"].clone()).collect();
    pods.sort();
    pods.dedup();
    let pods = pods.into_iter().step_by(23).map(|pod| (Kind::Pod, pod));
    let accounts = scenario.accounts.iter().map(|account| (Kind::Account, account.name.clone()));
    pods.chain(accounts).collect()
}

fn run(scenario: &Scenario, sinks: Vec<&mut dyn Sink>) {
    let id = RunId { seed: scenario.seed, replication: 0 };
    engine::run(scenario, id, &mut Journal::new(sinks), &mut |_| {}).expect("a sound run");
}

/// Holds the stories of many at once against the tables of the same run.
fn check(file: &str) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("scenarios").join(file);
    let scenario =
        walras::scenario::load(&path, &[]).unwrap_or_else(|problems| panic!("{problems}"));
    let home = tempfile::tempdir().unwrap();
    let tables = [TableName::Pods, TableName::Ledger, TableName::Accounts];
    let mut traces = Traces::create(home.path(), &tables, &scenario).unwrap();
    run(&scenario, vec![&mut traces]);
    traces.finish().unwrap();

    let asked = questions(home.path(), &scenario);
    let explainer =
        |(kind, name): &(Kind, String)| Explainer::new(&scenario, &question(*kind, name)).unwrap();
    let mut explainers: Vec<Explainer<'_>> = asked.iter().map(explainer).collect();
    run(&scenario, explainers.iter_mut().map(|explainer| explainer as &mut dyn Sink).collect());

    let ledger = ledger(home.path());
    let accounts = rows(home.path(), "accounts.csv");
    let mut paid = 0;
    for ((kind, name), explainer) in asked.iter().zip(explainers) {
        let story = explainer.finish().unwrap();
        match kind {
            Kind::Pod => {
                let bill = story.bill.expect("a pod has a bill");
                let mut items: BTreeMap<(String, String), Money> = BTreeMap::new();
                for line in bill.lines() {
                    let key = (name.clone(), line.item.word().to_owned());
                    *items.entry(key).or_insert(Money::ZERO) += line.amount;
                    assert!(line.price.is_some(), "{name}: each price is known: {line:?}");
                }
                let own = ledger.iter().filter(|((subject, _), _)| subject == name);
                let own: BTreeMap<_, _> = own.map(|(key, amount)| (key.clone(), *amount)).collect();
                assert_eq!(items, own, "{file}: the bill of {name}");
                assert_eq!(bill.total(), own.values().copied().sum(), "{file}: {name}");
                paid += u32::from(!bill.total().is_zero());
            }
            _ => {
                let row = accounts.iter().find(|row| row["account"] == *name).unwrap();
                let table = |column: &str| Money::parse(&row[column]).unwrap();
                let totals = (table("deposited_usd"), table("spent_usd"));
                assert_eq!(story.totals, Some(totals), "{file}: {name}");
            }
        }
    }
    assert!(10 < paid, "{file}: {paid} pods paid something");
}

#[test]
fn bills_of_the_quickstart_are_the_ledgers() {
    check("quickstart.ron");
}

#[test]
fn bills_of_a_mixed_market_are_the_ledgers() {
    check("mixed_market.ron");
}
