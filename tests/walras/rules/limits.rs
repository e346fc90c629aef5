//! Spending limits, solved by hand.

use crate::build;
use crate::stage::Case;
use walras::journal::Fact;
use walras::journal::fact::Refusal;
use walras::scenario::load::from_text;
use walras::units::SimTime;

#[test]
fn limits_go_as_they_were_solved_by_hand() {
    Case::check_all(&Case::read(include_str!("limits.txt")));
}

/// Pods of one GPU without disks that one account of a market with this price asks for, by the second and
/// how many; and how many of each it gets, the rest refused for its limit.
fn rented(price: &str, asked: [(u64, usize); 3]) -> Vec<usize> {
    let mut script = String::new();
    for (at, count) in asked {
        for pod in 0..count {
            script += &format!(
                "(at: \"{at}s\", account: \"new\", do: CreatePod(name: \"p{at}-{pod}\", gpuTypeId: \"A\",
                    containerDiskInGb: 0)),"
            );
        }
    }
    let text = format!(
        r#"(horizon: "31d", sample_every: None,
        gpu_types: [(id: "A", memory_gb: 48, secure: (price: {price}, min_bid: 0.4))],
        fleet: [(gpu_type: "A", datacenter: "EU-RO-1", count: 26)],
        accounts: [(name: "new", balance: 1000000)],
        script: [{script}])"#
    );
    let scenario = from_text("limit.ron", &text).unwrap_or_else(|problems| panic!("{problems}"));
    let facts = build::run_audited(&scenario, 0);
    let count = |at: u64, is: &dyn Fn(&Fact) -> bool| {
        let then = facts.iter().filter(|(when, _)| *when == SimTime::from_seconds(at));
        then.filter(|(_, fact)| is(fact)).count()
    };
    let refused =
        |fact: &Fact| matches!(fact, Fact::Rejected { reason: Refusal::SpendingLimit, .. });
    let of = |(at, count_asked): (u64, usize)| {
        let placed = count(at, &|fact| matches!(fact, Fact::PodPlaced { .. }));
        assert_eq!(count_asked - placed, count(at, &refused), "at {at}");
        placed
    };
    asked.map(of).to_vec()
}

/// Case 26: a new account burns up to 80 USD per hour, which is 101 GPUs at 0.79, or 100 at 0.80; from an
/// age of 30 days on, having paid 100, up to 160.
#[test]
fn acct_06_case_26_a_new_account_burns_up_to_eighty() {
    assert_eq!(rented("0.79", [(0, 101), (10, 1), (2_592_000, 102)]), [101, 0, 101]);
    assert_eq!(rented("0.80", [(0, 99), (10, 2), (2_591_999, 1)]), [99, 1, 0]);
}

/// ACCT-07. What is wrong with steps is told, and no step at all is no limit.
#[test]
fn acct_07_the_first_account_of_a_market_has_reached_a_step() {
    let rules =
        |steps: &str| format!(r#"(horizon: "1d", rules: (spending_limit_steps: [{steps}]))"#);
    let told = |steps: &str| from_text("steps.ron", &rules(steps)).expect_err(steps).to_string();
    let late = told(r#"(age: "1d", paid: 0, limit: 80)"#);
    assert!(late.contains("no limit of new accounts"), "{late}");
    let paid = told(r#"(age: "0s", paid: 1, limit: 80)"#);
    assert!(paid.contains("no limit of new accounts"), "{paid}");
    let half = told(r#"(age: "0s", paid: 0)"#);
    assert!(half.contains("missing field `limit`"), "{half}");
    let wrong = told(r#"(age: "0s", paid: 0, limit: 0.1234567891)"#);
    assert!(
        wrong.contains("nine decimals, such as 0.79 or 10") && wrong.contains("or None"),
        "{wrong}"
    );
    for steps in ["", r#"(age: "0s", paid: 0, limit: None)"#] {
        let scenario = from_text("steps.ron", &rules(steps)).expect("no limit");
        let limit = scenario.rules.spending_limit(walras::units::Span::ZERO, Default::default());
        assert_eq!(limit, None, "{steps}");
    }
}

/// ACCT-06. A segment may state a limit of its accounts, or their age; one account alike.
#[test]
fn acct_06_segments_and_accounts_state_limits() {
    let segment = |stated: &str| {
        let text = format!(
            r#"(horizon: "1h", fleet: [(gpu_type: "NVIDIA RTX A6000", datacenter: "EU-RO-1")],
            customers: [(name: "labs", accounts: 2, balance: 1000, gpu_type: "NVIDIA RTX A6000",
                duration: "10h", arrivals: Renewal(gap: "5m"), {stated})])"#
        );
        let scenario = from_text("limit.ron", &text).unwrap_or_else(|found| panic!("{found}"));
        let facts = build::run_audited(&scenario, 0);
        let is =
            |fact: &Fact| matches!(fact, Fact::Rejected { reason: Refusal::SpendingLimit, .. });
        facts.iter().filter(|(_, fact)| is(fact)).count()
    };
    let all = segment("spending_limit: 0.5");
    assert!(0 < all, "nobody gets a GPU at 0.79");
    let some = segment("spending_limit: 1");
    assert!(0 < some && some < all, "each account gets one");
    assert_eq!(segment("spending_limit: None"), 0);
    assert_eq!(segment("account_age: \"90d\""), 0);
}
