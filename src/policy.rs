//! Policies: what is decided, apart from what then happens.
//!
//! The seams, each a small trait with its members, chosen by the scenario:
//!
//! | seam | trait | members | chosen by |
//! |---|---|---|---|
//! | what spot pods pay | [`clearing::Clearing`] | a file each in `policy/clearing` | the rule `spot_clearing` |
//! | what a customer bids | [`buying::bidding::Bidding`] | a file each in `policy/buying/bidding` | a segment's `kind: spot(…)` |
//! | when it goes on demand | [`buying::switching::Switching`] | a file each in `policy/buying/switching` | a segment's `conduct.switching` |
//! | where a request goes | [`placement::Placement`] | a file each in `policy/placement` | `policies.placement` |
//! | how often an owner writes checkpoints | [`checkpoint::Checkpoint`] | a file each in `policy/checkpoint` | `checkpoint` of a segment or of a scripted pod |
//! | what moves a list price | [`list_price::ListPrice`] | a file each in `policy/list_price` | `policies.list_price`, `policies.list_prices` |
//! | what a provider asks for a GPU-hour | [`asking::Asking`] | a file each in `policy/asking` | `asks` of a supply |
//! | how many workers an endpoint wants | [`scaling::Scaling`] | a file each in `policy/scaling` | an endpoint's `scaler` |
//! | how long an idle worker is kept | [`keep_alive::KeepAlive`] | a file each in `policy/keep_alive` | an endpoint's `keep_alive` |
//! | who gives way there | [`eviction::Eviction`] | a file each in `policy/eviction` | `policies.eviction` |
//!
//! A policy sees a read-only view and returns a decision. It cannot change the world or schedule
//! anything, and it draws from a stream of its own, so swapping it changes no customer.

pub mod asking;
pub mod buying;
pub mod checkpoint;
pub mod clearing;
pub mod eviction;
pub mod keep_alive;
pub mod list_price;
pub mod placement;
pub mod registry;
pub mod scaling;

// What a policy is written with, and what a program registers it in.
pub use crate::ids::HostId;
pub use crate::rng::Stream;
pub use crate::scenario::checkpointing::Checkpointing;
pub use crate::world::view::Evictable;
pub use crate::world::view::{Candidates, Room};
pub use asking::{Asking, Provider};
pub use buying::bidding::{Bidding, Offer};
pub use buying::switching::{Answer, Job, Move, Standing, Switching};
pub use checkpoint::Checkpoint;
pub use clearing::{Bids, Clearing, Use};
pub use eviction::Eviction;
pub use keep_alive::KeepAlive;
pub use list_price::{ListPrice, Priced};
pub use placement::{Needs, Placement};
pub use registry::Registry;
pub use scaling::{Load, Scaling};

use crate::ids::{EndpointId, Id, ScopeId};
use crate::rng::Purpose;
use crate::scenario::Scenario;
use crate::scenario::model::serverless::{KeepAliveChoice, ScalerChoice, Settings};
use registry::{NotRegistered, Own};
use std::collections::BTreeMap;

/// The policies of a run.
pub struct Policies {
    /// How the price of spot pods is found.
    pub clearing: Box<dyn Clearing>,
    /// Who gives way to them.
    pub eviction: Box<dyn Eviction>,
    /// Where requests go.
    pub placement: Box<dyn Placement>,
    /// The placement policy's own stream.
    pub placement_stream: Stream,
    /// What moves the list prices of scopes; those left out are fixed.
    pub list_prices: BTreeMap<ScopeId, Box<dyn ListPrice>>,
    /// What providers ask, by supply.
    pub asking: Vec<Box<dyn Asking>>,
    /// What customers bid who do so by policies of the program's own.
    pub own_bidding: Own<dyn Bidding>,
    /// How many workers each endpoint wants, and how long they are kept; one that is not there yet has those of the
    /// default.
    pub endpoints: Vec<OfEndpoint>,
    /// Those of the program's own that an endpoint may come to: it has the ones that the scenario chooses.
    registry: Registry,
    /// Likewise when they go on demand.
    pub own_switching: Own<dyn Switching>,
    /// Likewise how often they write checkpoints.
    pub own_checkpoint: Own<dyn Checkpoint>,
}

/// The policies of one endpoint.
pub struct OfEndpoint {
    /// How many workers it wants.
    pub scaling: Box<dyn Scaling>,
    /// How long they are kept.
    pub keep_alive: Box<dyn KeepAlive>,
}

impl Policies {
    /// The policies that a scenario chose, built in or of `registry`.
    ///
    /// # Errors
    /// A policy of the program's own that is not in the registry.
    pub fn new(
        scenario: &Scenario,
        registry: &Registry,
        (seed, replication): (u64, u64),
    ) -> Result<Self, NotRegistered> {
        let choice = scenario.policies;
        let list_price = |(scope, choice): &(ScopeId, _)| {
            list_price::list_price(choice, registry).map(|policy| (*scope, policy))
        };
        Ok(Self {
            clearing: clearing::clearing(&scenario.rules, registry)?,
            eviction: eviction::eviction(choice.eviction, registry)?,
            placement: placement::placement(choice.placement, registry)?,
            placement_stream: Stream::open(seed, replication, Purpose::Placement, 0),
            list_prices: scenario.list_prices.iter().map(list_price).collect::<Result<_, _>>()?,
            asking: scenario
                .supply
                .iter()
                .map(|supply| asking::asking(&supply.asking, registry))
                .collect::<Result<_, _>>()?,
            endpoints: scenario
                .endpoints
                .iter()
                .map(|_| default_of_endpoint(scenario, registry))
                .collect::<Result<_, _>>()?,
            registry: own_of_endpoints(scenario, registry)?,
            own_bidding: registry.bidding.make_all(scenario.own_bids())?,
            own_switching: registry.switching.make_all(scenario.own_switching())?,
            own_checkpoint: registry.checkpoint.make_all(scenario.own_checkpoints())?,
        })
    }
    /// SLS-33 to SLS-35. The endpoint scales by this choice of its own or of the script from now on, as if it had
    /// just been made.
    pub fn scale_by(&mut self, scenario: &Scenario, endpoint: EndpointId, choice: &ScalerChoice) {
        let scaling = scaling::scaling(choice, of_market(scenario), &self.registry);
        self.endpoints[endpoint.index()].scaling = scaling.expect(REGISTERED);
    }
    /// SLS-23. It keeps idle workers by this choice from now on.
    pub fn keep_by(&mut self, endpoint: EndpointId, choice: &KeepAliveChoice) {
        let kept = keep_alive::keep_alive(choice, &self.registry);
        self.endpoints[endpoint.index()].keep_alive = kept.expect(REGISTERED);
    }
}

const REGISTERED: &str = "no run begins without what its scenario chooses";

/// What scaling policies know of the market: whether workers on their way count, and when time 0 is.
const fn of_market(scenario: &Scenario) -> (bool, i64) {
    (scenario.rules.serverless.count_coming, scenario.start_unix_s)
}

fn default_of_endpoint(
    scenario: &Scenario,
    registry: &Registry,
) -> Result<OfEndpoint, NotRegistered> {
    let default = Settings::default();
    Ok(OfEndpoint {
        scaling: scaling::scaling(&default.scaler, of_market(scenario), registry)?,
        keep_alive: keep_alive::keep_alive(&default.keep_alive, registry)?,
    })
}

/// The registry, which has all that endpoints of the scenario may come to.
fn own_of_endpoints(scenario: &Scenario, registry: &Registry) -> Result<Registry, NotRegistered> {
    registry.scaling.make_all(scenario.own_scaling())?;
    registry.keep_alive.make_all(scenario.own_keep_alive())?;
    Ok(registry.clone())
}
