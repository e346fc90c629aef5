//! Which bids can never win anything, as they are below every floor that they will meet (SPOT-02, GPU-04).

use crate::ids::{Id, ScopeId};
use crate::scenario::Scenario;
use crate::scenario::demand::{Arrival, BidRule, Buying, Demand};
use crate::scenario::model::ActionKind;
use crate::units::Money;

/// The lowest floor that each scope ever has.
#[derive(Debug)]
pub struct Floors<'a> {
    scenario: &'a Scenario,
    /// By scope; none without hosts.
    lowest: Vec<Option<Money>>,
}

impl<'a> Floors<'a> {
    /// The floors at the start, and those that the script sets.
    pub fn of(scenario: &'a Scenario) -> Self {
        let mut floors = Self { scenario, lowest: vec![None; scenario.scopes.len()] };
        let mut follows = vec![false; scenario.scopes.len()];
        for host in &scenario.hosts {
            let scope = scenario.pools[host.pool.index()].scope;
            follows[scope.index()] |= host.min_bid.is_none();
            floors.meet(scope, host.min_bid.unwrap_or(scenario.scopes[scope.index()].min_bid));
        }
        for action in &scenario.script {
            let ActionKind::SetPrice { scopes, host, min_bid: Some(floor), .. } = &action.kind
            else {
                continue;
            };
            if let Some(host) = host {
                let pool = scenario.hosts[host.index()].pool;
                floors.meet(scenario.pools[pool.index()].scope, *floor);
            }
            for scope in scopes.iter().filter(|scope| follows[scope.index()]) {
                floors.meet(*scope, *floor);
            }
        }
        floors
    }
    fn meet(&mut self, scope: ScopeId, floor: Money) {
        let lowest = &mut self.lowest[scope.index()];
        *lowest = Some(lowest.map_or(floor, |lowest| lowest.min(floor)));
    }

    /// Whether a bid, as it is stated, is below every floor among the hosts that `demand` names.
    fn refuse(&self, stated: Money, demand: &Demand) -> bool {
        let types = &self.scenario.type_lists[demand.types as usize];
        let scopes = self.scenario.scopes.iter().zip(&self.lowest);
        let named = scopes.filter(|(scope, _)| {
            types.contains(&scope.gpu_type) && demand.clouds.include(scope.cloud)
        });
        let bid = self.scenario.rules.bid_per_gpu(stated, demand.gpus);
        named.filter_map(|(_, lowest)| *lowest).min().is_some_and(|lowest| bid < lowest)
    }
    /// Whether an arrival bids an amount, and less than any floor. What hangs on a price or on
    /// what happens is not looked at.
    pub fn refuse_arrival(&self, arrival: &Arrival) -> bool {
        match arrival.buying {
            Buying::Spot(BidRule::Fixed(stated)) => self.refuse(stated, &arrival.demand),
            Buying::Spot(
                BidRule::ShareOfOnDemand(_)
                | BidRule::MinimumWinning { .. }
                | BidRule::ValueBased(_)
                | BidRule::Escalating { .. }
                | BidRule::Own(_),
            )
            | Buying::OnDemand => false,
        }
    }
    /// How many scripted requests for a new pod bid less than any floor, before the run is over.
    pub fn refused_actions(&self) -> usize {
        let in_time = self.scenario.script.iter().filter(|one| one.at <= self.scenario.horizon);
        let bids = in_time.filter_map(|action| {
            let ActionKind::CreatePod(create) = &action.kind else { return None };
            Some((create.bid?, create.demand))
        });
        bids.filter(|(stated, demand)| self.refuse(*stated, demand)).count()
    }
}
