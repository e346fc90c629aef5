//! What random accounts open with, and what they pay in later (ACCT-02, ACCT-04).
//!
//! Both come from streams of the account's own, so an account's money does not depend on who else
//! there is, nor on what the market does.

use crate::ids::{AccountId, Id};
use crate::rng::draw::Distribution;
use crate::rng::{Purpose, Stream};
use crate::scenario::demand::LaterDeposits;
use crate::units::{Money, SimTime, Span};

fn stream(seed: u64, replication: u64, purpose: Purpose, account: AccountId) -> Stream {
    let entity = u64::try_from(account.index()).expect("an index fits in 64 bits");
    Stream::open(seed, replication, purpose, entity)
}

/// What `account` opens with under its segment's distribution (USD); never less than nothing.
pub fn opening_balance(
    balance: &Distribution,
    seed: u64,
    replication: u64,
    account: AccountId,
) -> Money {
    let drawn = if let Distribution::Constant(value) = balance {
        *value
    } else {
        balance.draw(&mut stream(seed, replication, Purpose::OpeningBalance, account))
    };
    Money::from_drawn_dollars(drawn).max(Money::ZERO)
}

/// The later deposits of one account.
#[derive(Clone, Debug)]
pub struct Deposits {
    stream: Stream,
    now: SimTime,
}

impl Deposits {
    /// The later deposits of `account`, the first of them one gap after the start.
    pub fn open(seed: u64, replication: u64, account: AccountId) -> Self {
        let stream = stream(seed, replication, Purpose::Deposits, account);
        Self { stream, now: SimTime::ZERO }
    }
    /// When the next deposit comes and how much it brings, never less than nothing. Gaps are at
    /// least a microsecond, so that time moves on whatever is drawn.
    pub fn next(&mut self, deposits: &LaterDeposits) -> (SimTime, Money) {
        let gap = Span::from_seconds_f64(deposits.every.draw(&mut self.stream));
        self.now = self.now.saturating_add(gap.max(Span::from_micros(1)));
        let amount = Money::from_drawn_dollars(deposits.amount.draw(&mut self.stream));
        (self.now, amount.max(Money::ZERO))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ACCOUNT: fn(usize) -> AccountId = AccountId::from_index;

    #[test]
    fn an_account_s_money_is_its_own() {
        let balance = Distribution::Exponential { mean: 100.0 };
        let draw = |seed, replication, account| {
            opening_balance(&balance, seed, replication, ACCOUNT(account))
        };
        assert_eq!(draw(7, 0, 3), draw(7, 0, 3));
        let others = [draw(7, 0, 3), draw(7, 0, 4), draw(7, 1, 3), draw(8, 0, 3)];
        for (index, one) in others.iter().enumerate() {
            assert!(!others[..index].contains(one), "{one} is drawn twice");
        }
    }

    #[test]
    fn deposits_come_in_order_and_never_take_money_away() {
        let plan = LaterDeposits {
            every: Distribution::Constant(0.0),
            amount: Distribution::Uniform { low: -5.0, high: 5.0 },
        };
        let mut deposits = Deposits::open(1, 0, ACCOUNT(0));
        let mut earlier = SimTime::ZERO;
        for _ in 0..1_000 {
            let (at, amount) = deposits.next(&plan);
            assert!(earlier < at && Money::ZERO <= amount);
            earlier = at;
        }
    }

    #[test]
    fn deposits_have_the_gaps_and_amounts_of_their_plan() {
        let plan = LaterDeposits {
            every: Distribution::Exponential { mean: 3_600.0 },
            amount: Distribution::Constant(25.0),
        };
        let mut deposits = Deposits::open(1, 0, ACCOUNT(5));
        let mut last = (SimTime::ZERO, Money::ZERO);
        for _ in 0..10_000 {
            last = deposits.next(&plan);
        }
        let hours = (last.0 - SimTime::ZERO).as_seconds_f64() / 3_600.0;
        assert!((hours - 10_000.0).abs() < 3.0 * 100.0, "{hours} h for 10,000 deposits");
        assert_eq!(last.1, Money::from_dollars(25));
    }
}
