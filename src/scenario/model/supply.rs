//! Community hosts that come and go by what they earn: providers (CLD-03, CLD-04, HOST-12, HOST-13).

use super::{Failures, Scenario};
use crate::ids::{HostId, Id, SupplyId};
use crate::rng::draw::Distribution;
use crate::scenario::own::OwnPolicy;
use crate::scenario::prices::UtilizationTerms;
use crate::units::{Money, Share, Span};

/// Which of the prices on offer in its scope a provider follows.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum MarketPrice {
    /// The one in the middle of those of all others; the lower one of two.
    #[default]
    Median,
    /// The lowest of all others.
    Lowest,
    /// The platform's list price.
    List,
}

/// What a provider asks for a GPU-hour.
#[derive(Clone, Debug, PartialEq)]
pub enum AskingChoice {
    /// What was drawn for it once and for all, in USD.
    Fixed(Distribution),
    /// So many times what others ask.
    FollowMarket {
        /// What it looks at.
        of: MarketPrice,
        /// How many times that it asks.
        factor: Share,
    },
    /// More where it is rented for longer than a target, less where it is so for less.
    MatchUtilization(UtilizationTerms),
    /// Its cost, and so much of it on top.
    CostPlus {
        /// How much on top, as a share.
        margin: Share,
    },
    /// A policy of the program's own.
    Own(OwnPolicy),
}

impl AskingChoice {
    /// The name of each built-in member.
    pub const ALL: [&'static str; 4] = ["fixed", "follow_market", "match_utilization", "cost_plus"];
    /// The name of this one.
    pub const fn name(&self) -> &'static str {
        match self {
            Self::Fixed(_) => Self::ALL[0],
            Self::FollowMarket { .. } => Self::ALL[1],
            Self::MatchUtilization(_) => Self::ALL[2],
            Self::CostPlus { .. } => Self::ALL[3],
            Self::Own(own) => own.name,
        }
    }
    /// The policy of the program's own that it is, if it is one.
    pub const fn own(&self) -> Option<OwnPolicy> {
        if let Self::Own(policy) = self { Some(*policy) } else { None }
    }
}

/// Whether an invited provider joins.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum JoinsIf {
    /// If its cost is no more than what a GPU-hour brings at present.
    #[default]
    ItPays,
    /// In any case.
    Always,
}

/// Providers of one kind, each with one host.
#[derive(Clone, Debug, PartialEq)]
pub struct Supply {
    /// Its name; its hosts are `name-1`, `name-2`, …
    pub name: String,
    /// What they bring, in turn: hosts like these, which are not there themselves.
    pub patterns: Vec<HostId>,
    /// So many are there from the start.
    pub at_start: u32,
    /// Seconds from one invitation to the next; none: nobody is invited.
    pub invitations: Option<Distribution>,
    /// Whether who is invited joins.
    pub joins_if: JoinsIf,
    /// What a provider has to earn per GPU-hour, in USD: its cost, rented or not.
    pub cost: Distribution,
    /// What it asks for a GPU-hour.
    pub asking: AskingChoice,
    /// Its price is a whole number of these, the nearest.
    pub price_step: Money,
    /// Its minimum bid, as a share of its price, where hosts price (HOST-13).
    pub min_bid_share: Share,
    /// How often it looks at what it earned, and sets its price anew.
    pub review_every: Span,
    /// Seconds that it stays at most; none: for ever.
    pub lifetime: Option<Distribution>,
    /// It leaves once it has earned less than its cost for so long; none: never for that.
    pub unprofitable_for: Option<Span>,
    /// How long before it leaves it says so (HOST-06).
    pub notice: Span,
    /// How its host fails, each on its own.
    pub failures: Vec<Failures>,
}

impl Supply {
    /// Invitations a day, on average.
    pub fn invited_a_day(&self) -> Option<f64> {
        const SECONDS_A_DAY: f64 = 86_400.0;
        self.invitations.as_ref().map(|gap| SECONDS_A_DAY / gap.mean())
    }
    /// The how-manieth of those invited the provider with this number is, from 1; none: of the start.
    pub fn invited(&self, number: u32) -> Option<u32> {
        number.checked_sub(self.at_start).filter(|invited| 0 < *invited)
    }
    /// The mean cost of a GPU-hour, unless it is infinite.
    pub fn mean_cost(&self) -> Option<f64> {
        Some(self.cost.mean()).filter(|mean| mean.is_finite())
    }
    /// How long a provider stays at most, on average; none: for ever.
    pub fn mean_lifetime(&self) -> Option<Span> {
        let mean = self.lifetime.as_ref()?.mean();
        mean.is_finite().then(|| Span::from_seconds_f64(mean))
    }
}

impl Scenario {
    /// The name of the how-manieth provider's host of a supply, from 1.
    pub fn supplied_name(&self, supply: SupplyId, number: u32) -> String {
        format!("{}-{number}", self.supply[supply.index()].name)
    }
    /// The policies of the program's own by which providers ask, as often as they are chosen.
    pub fn own_asking(&self) -> impl Iterator<Item = OwnPolicy> {
        self.supply.iter().filter_map(|supply| supply.asking.own())
    }
}

impl Scenario {
    /// Each host of the scenario, and how many like it are there or come by script: itself; of what providers
    /// bring, so many as are there from the start.
    pub fn hosts_like(&self) -> impl Iterator<Item = (&super::HostSpec, u64)> {
        let count = |host: HostId| {
            let turns = self.supply.iter().find_map(|supply| {
                let place = supply.patterns.iter().position(|pattern| *pattern == host)?;
                let place = u32::try_from(place).ok()?;
                let patterns = u32::try_from(supply.patterns.len()).ok()?;
                Some(supply.at_start.saturating_sub(place).div_ceil(patterns))
            });
            u64::from(turns.unwrap_or(1))
        };
        let hosts = self.hosts.iter().enumerate();
        hosts.map(move |(index, host)| (host, count(HostId::from_index(index))))
    }
}
