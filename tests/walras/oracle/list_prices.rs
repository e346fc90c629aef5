//! Prices by the hour, which running pods follow or not, on the oracle's random scripts: to the oracle each
//! of them is a SetPrice of the script (GPU-03, GEN-08).

use super::agreement::{config, difference_of};
use super::random::{HORIZON, instants, scripts};
use super::scenario;
use super::script::{Act, Script};
use proptest::prelude::*;
use walras::ids::{Id, ScopeId};
use walras::scenario::prices::{DayFactors, ListPriceChoice};
use walras::units::{Money, Share, Span};

/// When which factor begins, in microseconds and tenths; time 0 is midnight.
type Factors = Vec<(u64, i128)>;

fn factors() -> impl Strategy<Value = Factors> {
    let from = proptest::collection::btree_map(instants(HORIZON), 1..20_i128, 1..6);
    from.prop_map(|from| from.into_iter().collect())
}

fn share(tenths: i128) -> Share {
    Share::from_billionths(tenths * 100_000_000)
}

/// The same script with the prices of its first host's GPU type written out: at time 0 the last factor
/// of the day holds, unless one begins then; each comes after what the script does in its instant.
fn written_out(script: &Script, factors: &Factors) -> Script {
    let mut script = script.clone();
    let (_, overnight) = factors[factors.len() - 1];
    let at_start = (factors[0].0 != 0).then_some((0, overnight));
    for (boundary, tenths) in at_start.into_iter().chain(factors.iter().copied()) {
        let stated = script.actions.iter().rev().find_map(|(at, act)| match act {
            Act::Price(0, price) if *at <= boundary => Some(*price),
            _ => None,
        });
        let stated = stated.unwrap_or(script.hosts[0].price);
        let price = share(tenths).of(Money::from_nanos(stated)).nanos();
        // Beyond the first host's scope: not to be taken for one that was stated.
        script.actions.push((boundary, Act::Price(usize::MAX, price)));
        script.actions.sort_by_key(|(at, _)| *at);
    }
    for (_, act) in &mut script.actions {
        if let Act::Price(host @ usize::MAX, _) = act {
            *host = 0;
        }
    }
    script
}

proptest! {
    #![proptest_config(config(1_000))]

    #[test]
    fn prices_by_the_hour_are_those_of_a_script_that_sets_them(
        script in scripts(),
        factors in factors(),
    ) {
        let mut moved = scenario(&script);
        let from = factors.iter().map(|(at, tenths)| (Span::from_micros(*at), share(*tenths)));
        let day = DayFactors { clock: Span::ZERO, from: from.collect() };
        moved.list_prices = vec![(ScopeId::from_index(0), ListPriceChoice::TimeOfDay(day))];
        let written = written_out(&script, &factors);
        if let Some(difference) = difference_of(&moved, &written) {
            return Err(TestCaseError::fail(format!("{difference}\n{written}")));
        }
    }
}
