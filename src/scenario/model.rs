//! The checked scenario: what a run is made from. It can't be wrong.
//!
//! Names are resolved to ids, files are read, every amount is in range. The reader of RON
//! ([`super::load`]) is the only maker of one, apart from tests.

mod accounts;
mod failures;
mod files;
mod images;
mod policies;
pub mod serverless;
mod sites;
mod supply;
mod teams;
mod templates;

pub use accounts::{AccountSpec, AutoPay, SpendingLimit};
pub use failures::{FailureTimes, Failures, Loss};
pub use files::{InputFile, SourceText};
pub use images::{Image, Images, Layer, NamedImage};
pub use policies::{EvictionChoice, PlacementChoice, Policies};
pub use sites::{DataCenter, Pool, Site, Standing};
pub use supply::{AskingChoice, JoinsIf, MarketPrice, Supply};
pub use teams::{Member, Role, Teams};
pub use templates::{
    Container, FromTemplate, Os, Port, Protocol, Said, SaveTemplate, TemplateKind, TemplateSpec,
};

use super::checkpointing::Checkpointing;
use super::demand::{Demand, OnDone, Segment, WhenFull};
use super::prices::{ListPriceChoice, PricePath};
use super::rules::{Profile, Rules, SpotClearing};
use crate::ids::{
    AccountId, DataCenterId, GpuTypeId, HostId, Id, MemberId, NetworkVolumeNameId, PodNameId,
    PoolId, ScopeId, TeamNameId,
};
use crate::units::{Gb, GpuTime, Money, Share, SimTime, Span, Speed};

/// CLD-01. A cloud.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Cloud {
    /// Data centers of partners.
    Secure,
    /// Single vetted providers.
    Community,
}

impl Cloud {
    /// The word by which scenarios and outputs call it.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Secure => "SECURE",
            Self::Community => "COMMUNITY",
        }
    }
}

/// A GPU type in use.
#[derive(Clone, Debug, PartialEq)]
pub struct GpuType {
    /// The id, such as `NVIDIA RTX A6000`.
    pub name: String,
    /// The display name, such as `RTX A6000`.
    pub display_name: String,
    /// GPU memory.
    pub memory: Gb,
    /// POD-25. How fast it works; stated of every type where the rules ask for it.
    pub relative_speed: Option<Speed>,
}

/// A scope in use: one GPU type in one cloud (CLD-01), with its prices at the start.
#[derive(Clone, Debug, PartialEq)]
pub struct Scope {
    /// The GPU type.
    pub gpu_type: GpuTypeId,
    /// The cloud.
    pub cloud: Cloud,
    /// On-demand price per GPU-hour. Always stated where the scope has hosts.
    pub on_demand: Money,
    /// Minimum bid per GPU-hour of its hosts that state none (GPU-04). Where it is a share of the
    /// on-demand price, of that at the start: SetPrice sets each of the two by itself.
    pub min_bid: Money,
    /// Whether any host of the scenario is in it.
    pub has_hosts: bool,
}

/// A host (HOST-01).
#[derive(Clone, Debug, PartialEq)]
pub struct HostSpec {
    /// Its name in outputs.
    pub name: String,
    /// Its pool, hence GPU type, cloud and data center.
    pub pool: PoolId,
    /// GPUs, 1 to 16.
    pub gpus: u32,
    /// vCPUs.
    pub vcpus: u32,
    /// Memory.
    pub memory: Gb,
    /// Disk.
    pub disk: Gb,
    /// vCPUs for pods without a GPU (POD-14).
    pub cpu_slots: u32,
    /// Download speed in bit/s.
    pub download: u64,
    /// Upload speed in bit/s.
    pub upload: u64,
    /// CLD-05. The code of the country that it stands in, if known.
    pub country: Option<String>,
    /// CLD-05. Whether it has a public IP.
    pub public_ip: bool,
    /// Its own minimum bid per GPU-hour (GPU-04).
    pub min_bid: Option<Money>,
    /// Its own on-demand price per GPU-hour (HOST-13).
    pub price: Option<Money>,
    /// Whether it is not there at the start, and a HostJoin brings it.
    pub joins_later: bool,
}

/// POD-08. What a pod's command does.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Command {
    /// It runs.
    #[default]
    Ok,
    /// It exits at once.
    Exits,
    /// The image does not know it.
    Unknown,
}

/// What a scripted CreatePod or CreateSpotPod asks for (API-01).
#[derive(Clone, Debug, PartialEq)]
pub struct CreatePod {
    /// The pod's name.
    pub name: PodNameId,
    /// The stated bid, for a spot pod (per GPU or per pod: SPOT-01).
    pub bid: Option<Money>,
    /// What it needs.
    pub demand: Demand,
    /// Its image.
    pub image: Image,
    /// What its command does.
    pub command: Command,
    /// TMPL-01. What it takes from a template.
    pub template: Option<FromTemplate>,
    /// The rest of what it says of its container, if it says any of it.
    pub container: Option<Box<Container>>,
    /// How long the request waits; zero: not at all, [`Span::FOREVER`]: without end.
    pub patience: Span,
    /// Work to do; none: it runs until told.
    pub work: Option<GpuTime>,
    /// What becomes of it when the work is done.
    pub on_done: OnDone,
    /// How it writes checkpoints, if it does or its restarts take time.
    pub checkpoint: Option<Checkpointing>,
    /// NVOL-05. Its network volume.
    pub network_volume: Option<NetworkVolumeNameId>,
    /// NVOL-05, NVOL-06. Whether it names another place than its network volume's, or asks for a volume
    /// besides.
    pub is_amiss: bool,
}

/// What is done (API-01, under the platform's names).
#[derive(Clone, Debug, PartialEq)]
#[expect(missing_docs, reason = "names and arguments are API-01's own")]
pub enum ActionKind {
    Deposit {
        amount: Money,
    },
    SetAutoPay {
        auto_pay: AutoPay,
    },
    Adjust {
        amount: Money,
    },
    CreatePod(Box<CreatePod>),
    BuySavingsPlan {
        scope: ScopeId,
        gpus: u32,
        term: Span,
        pod: Option<PodNameId>,
    },
    StopPod {
        pod: PodNameId,
    },
    /// ResumePod without, ResumeSpotPod with a bid.
    ResumePod {
        pod: PodNameId,
        bid: Option<Money>,
        gpus: Option<u32>,
        when_full: WhenFull,
        patience: Span,
    },
    /// Without a bid on demand (POD-16).
    MovePod {
        pod: PodNameId,
        bid: Option<Money>,
        gpus: Option<u32>,
    },
    ResetPod {
        pod: PodNameId,
    },
    /// Refused unless the rules allow it (SPOT-16).
    ChangeBid {
        pod: PodNameId,
        bid: Money,
    },
    /// It has no effect, but is refused where the pod is not there.
    ConnectPod {
        pod: PodNameId,
    },
    TerminatePod {
        pod: PodNameId,
    },
    HostJoin {
        host: HostId,
        invited: bool,
        vetted: bool,
    },
    HostLeave {
        host: HostId,
        notice: Span,
    },
    ScheduleMaintenance {
        host: HostId,
        start: SimTime,
        end: SimTime,
    },
    /// Refused where the data center, if it is one of the scenario's at all, has no network storage.
    CreateNetworkVolume {
        name: NetworkVolumeNameId,
        size: Gb,
        datacenter: Option<DataCenterId>,
    },
    ResizeNetworkVolume {
        volume: NetworkVolumeNameId,
        size: Gb,
    },
    DeleteNetworkVolume {
        volume: NetworkVolumeNameId,
    },
    HostDown {
        host: HostId,
    },
    HostUp {
        host: HostId,
    },
    NetworkDown {
        host: HostId,
    },
    NetworkUp {
        host: HostId,
    },
    /// A template is made or changed (TMPL-03).
    SaveTemplate(Box<SaveTemplate>),
    /// What is done with endpoints and their requests (SLS, JOB).
    Endpoint(Box<serverless::EndpointAction>),
    /// A personal account becomes a team (TEAM-01).
    ConvertToTeam {
        team: TeamNameId,
    },
    /// Somebody joins a team, or gets another role there (TEAM-02).
    SetMember {
        member: MemberId,
        role: Role,
    },
    /// Sets the price or the minimum bid of scopes, or of one host (HOST-13).
    SetPrice {
        scopes: Vec<ScopeId>,
        host: Option<HostId>,
        price: Option<Money>,
        min_bid: Option<Money>,
    },
}

/// A scripted action.
#[derive(Clone, Debug, PartialEq)]
pub struct Action {
    /// When.
    pub at: SimTime,
    /// Who acts; none: the platform.
    pub account: Option<AccountId>,
    /// TEAM-02. The member of the team that acts for it; none: the owner.
    pub member: Option<MemberId>,
    /// What is done.
    pub kind: ActionKind,
}

/// A scenario, checked.
#[derive(Clone, Debug, PartialEq)]
pub struct Scenario {
    /// Its title, or its file's name.
    pub title: String,
    /// The scenario file itself.
    pub source: InputFile,
    /// Files that it includes, and traces that it replays, in order of mention.
    pub inputs: Vec<InputFile>,
    /// The texts of its RON files: the scenario's own, those that it includes, the profile's, and, where that is
    /// another, the default profile's, which holds in what the other leaves out.
    pub texts: Vec<SourceText>,
    /// Values that the command line set, as `path=value`, in its order.
    pub overrides: Vec<String>,
    /// The seed, unless the command line gives another.
    pub seed: u64,
    /// When the run ends.
    pub horizon: SimTime,
    /// When statistics begin.
    pub warm_up: SimTime,
    /// How often utilisation is sampled; none: never.
    pub sample_every: Option<Span>,
    /// The calendar instant of time 0 in seconds since 1970 (UTC); labels and diurnal profiles only.
    pub start_unix_s: i64,
    /// The market profile.
    pub profile: Profile,
    /// The market's rules.
    pub rules: Rules,
    /// The policies.
    pub policies: Policies,
    /// What moves the list prices of scopes, in order of scope; those left out are fixed.
    pub list_prices: Vec<(ScopeId, ListPriceChoice)>,
    /// SPOT-13. Recorded spot prices of scopes, in order of scope.
    pub spot_prices: Vec<(ScopeId, PricePath)>,
    /// GPU types in use.
    pub gpu_types: Vec<GpuType>,
    /// Scopes in use: every (GPU type in use, cloud) pair, Secure before Community.
    pub scopes: Vec<Scope>,
    /// Data centers in use, in order of name.
    pub datacenters: Vec<DataCenter>,
    /// Pools: scopes by data center, those with hosts.
    pub pools: Vec<Pool>,
    /// The fleet.
    pub hosts: Vec<HostSpec>,
    /// What makes hosts fail at random.
    pub failures: Vec<Failures>,
    /// Providers who come and go.
    pub supply: Vec<Supply>,
    /// Accounts: those of the scenario, then those of its segments.
    pub accounts: Vec<AccountSpec>,
    /// Teams and their members.
    pub teams: Teams,
    /// Templates: those of the start, then those that the script makes.
    pub templates: Vec<TemplateSpec>,
    /// Images that have names.
    pub images: Images,
    /// Segments of customers.
    pub segments: Vec<Segment>,
    /// What requests demand of the place and the line of a host, each distinct demand once; a [`Demand`]
    /// names one by index, of which the first demands nothing.
    pub sites: Vec<Site>,
    /// Preference lists of GPU types, each distinct list once; a [`Demand`] names one by index.
    pub type_lists: Vec<Vec<GpuTypeId>>,
    /// Names of scripted pods.
    pub pod_names: Vec<String>,
    /// Names of scripted network volumes.
    pub network_volume_names: Vec<String>,
    /// Endpoints: those of the start, those that the script makes, those of the platform that are called.
    pub endpoints: Vec<serverless::EndpointSpec>,
    /// SLS-42. What some accounts pay less for serverless workers, and until when.
    pub worker_discounts: Vec<(AccountId, Share, SimTime)>,
    /// Where requests to them come from.
    pub request_sources: Vec<serverless::RequestSource>,
    /// Names of scripted requests.
    pub request_names: Vec<String>,
    /// The script, in its own order.
    pub script: Vec<Action>,
}

/// What time 0 is where a scenario does not say: 2024-01-01 00:00 UTC, a Monday, so that weekly profiles
/// begin with their first value.
pub const UNSTATED_START_UNIX_S: i64 = 1_704_067_200;

impl Scenario {
    /// The calendar instant of time 0 in seconds since 1970, if the scenario states another than the usual one.
    pub fn stated_start(&self) -> Option<i64> {
        (self.start_unix_s != UNSTATED_START_UNIX_S).then_some(self.start_unix_s)
    }
    /// Whether anybody may buy a savings plan.
    pub fn may_have_plans(&self) -> bool {
        let buys = |action: &Action| matches!(action.kind, ActionKind::BuySavingsPlan { .. });
        self.segments.iter().any(|segment| segment.plan.is_some()) || self.script.iter().any(buys)
    }
    /// SPOT-12 to SPOT-15. Whether spot has one price for all of a scope, which its pods follow.
    pub fn spot_moves(&self) -> bool {
        self.rules.spot && self.rules.spot_clearing != SpotClearing::PayAsBid
    }
    /// The scope of each host, if spot pods follow their scopes' prices.
    pub fn followed_scopes(&self) -> Option<Vec<ScopeId>> {
        let scope = |host: &HostSpec| self.pools[host.pool.index()].scope;
        self.spot_moves().then(|| self.hosts.iter().map(scope).collect())
    }
}
