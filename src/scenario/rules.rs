//! The market profile: every number and either-or of the market's rules, under the rules' own names.
//!
//! A profile is a dated RON file under `scenarios/profiles/`; a scenario names one and may override
//! it field by field. [`Rules::default`] is the default profile, `runpod-2024-03`; a test holds the
//! file against it. Each field's comment names the rule that gives it its meaning.

mod choices;
mod hosts;
mod limits;
mod network_volumes;
pub mod serverless;
mod spot;

pub use choices::{
    BidChange, BidPer, BillingStarts, CommunityPricing, Displaced, DrainedStorage, GracePaidBy,
    InterruptedUnit, LowFundsAction, OutagePartialUnit, OutageStorage, PodMove, PriceChangeApplies,
    ReserveRises, ReserveScope, Rounding, SpotFloors, VcpuMemory, WaitingOrder, WorkSpeed,
};
pub use hosts::{CommunityJoins, HostFailures, HostRules, Tier};
pub use limits::LimitStep;
pub use network_volumes::{NetworkVolumePodsStop, NetworkVolumeTiers};
pub use spot::{Level, SpotClearing, SpotReserve, Walk};

use crate::units::{Bundle, Gb, Money, Share, Span};

/// The name of the profile that holds where a scenario names none, and in what another leaves out.
pub const DEFAULT_PROFILE: &str = "runpod-2024-03";

/// What a profile says of itself. Of rules that were read from no profile, nothing.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Profile {
    /// Its name.
    pub name: String,
    /// The day of which its rules are the state.
    pub date: String,
    /// Where they come from.
    pub source: String,
}

/// The rules' parameters. Names and meanings are those of the market rules.
#[derive(Clone, Debug, PartialEq)]
pub struct Rules {
    /// GEN-02. Days of 24 h in a month.
    pub days_per_month: u32,
    /// GEN-06. The billed slice of compute.
    pub compute_unit: Span,
    /// GEN-06. The billed slice of container disk and volume.
    pub storage_unit: Span,
    /// GEN-06. The billed slice of network volumes.
    pub network_volume_unit: Span,
    /// GEN-07. Rounding of compute and disks.
    pub minute_rounding: Rounding,
    /// GEN-07. Rounding of network volumes.
    pub hour_rounding: Rounding,
    /// GEN-09. How often every account is settled; none: only at warm-up's end and horizon.
    pub statement_every: Option<Span>,
    /// HOST-12. What a host earns of compute.
    pub host_share_compute: Share,
    /// HOST-12. What a host earns of container disk and volume.
    pub host_share_storage: Share,
    /// HOST-13. Who prices community hosts.
    pub community_pricing: CommunityPricing,
    /// HOST-13. Least time between two price changes of one host.
    pub host_price_interval: Span,
    /// How hosts join, fail, are judged and leave.
    pub hosts: HostRules,
    /// GPU-03. To whom a price change applies.
    pub price_change_applies: PriceChangeApplies,
    /// GPU-04. Floor as a share of the on-demand price where the catalogue has none.
    pub spot_floor_share: Share,
    /// GPU-04. Whether the catalogue's floors hold.
    pub spot_floors: SpotFloors,
    /// POD-02. How vCPU and memory are given.
    pub vcpu_memory: VcpuMemory,
    /// POD-06. Whether a request that does not fit blocks those behind it.
    pub waiting_order: WaitingOrder,
    /// POD-07. From image pulled to container up.
    pub container_start: Span,
    /// POD-13. vCPUs of a pod with zero GPUs.
    pub zero_gpu_vcpu: u32,
    /// POD-13. Memory of a pod with zero GPUs.
    pub zero_gpu_memory: Gb,
    /// POD-14. CPU pods, per vCPU-hour.
    pub cpu_price: Money,
    /// POD-16. Whether a stopped pod can go to another host.
    pub pod_move: PodMove,
    /// POD-24. How long a spot pod may hold its GPUs; none: as long as the market lets it.
    pub longest_run: Option<Span>,
    /// POD-25. How fast work proceeds.
    pub work_speed: WorkSpeed,
    /// SPOT-01. What a stated bid is for.
    pub bid_per: BidPer,
    /// SPOT-01. Whether spot is offered at all.
    pub spot: bool,
    /// SPOT-16. Whether a bid can be changed while its pod lives on it.
    pub bid_change: BidChange,
    /// SPOT-02. Bids are rounded down to a multiple of this.
    pub bid_tick: Money,
    /// SPOT-02. What a bid may not exceed, as so many times the on-demand price; none: whatever is bid.
    pub bid_cap: Option<u32>,
    /// SPOT-07. From SIGTERM to SIGKILL.
    pub grace: Span,
    /// SPOT-09. What becomes of a victim.
    pub displaced: Displaced,
    /// SPOT-10. How the price of spot pods is found.
    pub spot_clearing: SpotClearing,
    /// SPOT-13. From one posted price to the next.
    pub posted_interval: Span,
    /// SPOT-13. The utilization at which a posted price stays, in millionths.
    pub posted_target: u32,
    /// SPOT-13. How much of the distance to it a posted price moves by, in millionths.
    pub posted_gain: u32,
    /// SPOT-13. What a posted price never exceeds, as a share of the on-demand price.
    pub posted_cap_share: Share,
    /// SPOT-17. What a uniform price is reckoned against.
    pub spot_reserve: SpotReserve,
    /// SPOT-17. Whether the floor that is published is the reserve.
    pub reserve_shown: bool,
    /// SPOT-17. What a reserve that rises above a bid does.
    pub reserve_rises: ReserveRises,
    /// BILL-02. From when compute and container disk are billed.
    pub billing_starts: BillingStarts,
    /// BILL-04. Who pays for the grace.
    pub grace_paid_by: GracePaidBy,
    /// BILL-05. What an interrupted rental owes.
    pub interrupted_unit: InterruptedUnit,
    /// BILL-07. How long a rental must be affordable before it begins.
    pub rent_reserve: Span,
    /// BILL-07. For what.
    pub rent_reserve_scope: ReserveScope,
    /// BILL-07. Whether storage counts in it.
    pub rent_reserve_storage: bool,
    /// BILL-08. The run time that must be left ("ten minutes").
    pub low_funds_reserve: Span,
    /// BILL-10. What the stop for funds does.
    pub low_funds_action: LowFundsAction,
    /// BILL-12. What storage does on an empty balance.
    pub drained_storage: DrainedStorage,
    /// BILL-12. How many days of its mean spending a drained account may owe; none: as many as the hold lasts.
    pub debt_limit_days: Option<u32>,
    /// BILL-13. From draining to removal.
    pub drained_hold: Span,
    /// BILL-15. What becomes of a unit that an outage cuts.
    pub outage_partial_unit: OutagePartialUnit,
    /// BILL-15. What a volume costs meanwhile.
    pub outage_storage: OutageStorage,
    /// BILL-17. What the first compute unit of a rental brings with it.
    pub minimum_billed: Span,
    /// ACCT-02. The least deposit.
    pub minimum_deposit: Money,
    /// ACCT-03. Given to every account at its creation.
    pub trial_credit: Money,
    /// ACCT-05. Least time between two tries of the automatic payment.
    pub auto_pay_interval: Span,
    /// ACCT-05. Probability that a payment fails.
    pub payment_failure: Share,
    /// ACCT-07. What an account may burn per hour, by its history; empty: what it likes.
    pub spending_limit_steps: Vec<LimitStep>,
    /// ACCT-10. Credit of every account that does not state its own.
    pub credit_line: Money,
    /// PLAN-01. The terms of savings plans, and by how much each is cheaper than on demand.
    pub plan_discounts: Vec<(Span, Share)>,
    /// STOR-01. Container disk, per GB-month while running.
    pub container_disk_price: Money,
    /// STOR-02. Volume, per GB-month while running.
    pub volume_price_running: Money,
    /// STOR-02. Volume, per GB-month while stopped.
    pub volume_price_stopped: Money,
    /// GEN-03. How many GB a TB is.
    pub gb_per_tb: u32,
    /// NVOL-01. The largest network volume.
    pub network_volume_max: Gb,
    /// NVOL-02. Network volumes up to one TB, per GB-month.
    pub network_volume_price: Money,
    /// NVOL-02. The same above.
    pub network_volume_price_above: Money,
    /// NVOL-02. What is above.
    pub network_volume_tiers: NetworkVolumeTiers,
    /// NVOL-07. Whether pods with a network volume can stop.
    pub network_volume_pods_stop: NetworkVolumePodsStop,
    /// TMPL-04. Download speed of hosts that state none, in Gbit/s (a whole number).
    pub download_gbps: u32,
    /// POD-16. Upload speed of hosts that state none, in Gbit/s (a whole number).
    pub upload_gbps: u32,
    /// NVOL-09. Local speed of data centers that state none, in Gbit/s (a whole number).
    pub datacenter_gbps: u32,
    /// TMPL-05. What a host keeps of images.
    pub image_cache: Gb,
    /// How serverless endpoints work and what they cost.
    pub serverless: Box<serverless::ServerlessRules>,
}

impl Rules {
    /// POD-02, POD-13. What a host that has `all` could give a pod of `gpus` GPUs at most, of vCPUs and
    /// memory: with the GPUs comes their share, without any what is outside the hosts' shares; what is
    /// requested exactly may be all.
    pub fn gives(&self, all: Bundle, gpus: u32) -> Bundle {
        let share = |amount: u32| amount * gpus / all.gpus.max(1);
        let (vcpus, memory) = match self.vcpu_memory {
            _ if gpus == 0 => (self.zero_gpu_vcpu, self.zero_gpu_memory.get()),
            VcpuMemory::Proportional => (share(all.vcpus), share(all.memory)),
            VcpuMemory::Requested => (all.vcpus, all.memory),
        };
        Bundle { gpus, vcpus, memory, disk: all.disk }
    }
    /// SPOT-01, SPOT-02. The bid per GPU that a stated bid comes to: by `bid_per` its share of the whole,
    /// rounded down to the tick.
    pub fn bid_per_gpu(&self, stated: Money, gpus: u32) -> Money {
        let nanos = match self.bid_per {
            BidPer::Gpu => stated.nanos(),
            BidPer::Pod => stated.nanos().div_euclid(i128::from(gpus.max(1))),
        };
        self.to_tick(Money::from_nanos(nanos))
    }
    /// SPOT-02. A bid is rounded down to a multiple of the tick.
    pub fn to_tick(&self, bid: Money) -> Money {
        let tick = self.bid_tick.nanos().max(1);
        Money::from_nanos(bid.nanos().div_euclid(tick) * tick)
    }
    /// GEN-02. The month.
    pub fn month(&self) -> Span {
        Span::DAY * u64::from(self.days_per_month)
    }
}

const fn cents(cents: i128) -> Money {
    Money::from_nanos(cents * 10_000_000)
}

impl Default for Rules {
    /// The default profile, `runpod-2024-03`.
    #[rustfmt::skip] // what belongs together may stand in one line
    fn default() -> Self {
        Self {
            days_per_month: 30,
            compute_unit: Span::MINUTE,
            storage_unit: Span::MINUTE,
            network_volume_unit: Span::HOUR,
            minute_rounding: Rounding::Started,
            hour_rounding: Rounding::Started,
            statement_every: None,
            host_share_compute: Share::from_billionths(760_000_000),
            host_share_storage: Share::from_billionths(760_000_000),
            community_pricing: CommunityPricing::Platform,
            host_price_interval: Span::HOUR,
            hosts: HostRules::default(),
            price_change_applies: PriceChangeApplies::NewRentals,
            spot_floor_share: Share::from_billionths(500_000_000),
            spot_floors: SpotFloors::Catalogue,
            vcpu_memory: VcpuMemory::Proportional,
            waiting_order: WaitingOrder::Skip,
            container_start: Span::from_seconds(5),
            zero_gpu_vcpu: 2, zero_gpu_memory: Gb::new(4),
            cpu_price: cents(3), pod_move: PodMove::Allowed,
            longest_run: None, work_speed: WorkSpeed::Equal,
            bid_per: BidPer::Gpu,
            spot: true,
            bid_change: BidChange::Refused,
            bid_tick: Money::from_nanos(1),
            bid_cap: None,
            grace: Span::from_seconds(5),
            displaced: Displaced::Stop,
            spot_clearing: SpotClearing::PayAsBid,
            posted_interval: Span::from_seconds(300),
            posted_target: 800_000, posted_gain: 500_000,
            posted_cap_share: Share::ONE,
            spot_reserve: SpotReserve::SpotFloor,
            reserve_shown: true, reserve_rises: ReserveRises::Spares,
            billing_starts: BillingStarts::Placed,
            grace_paid_by: GracePaidBy::Victim,
            interrupted_unit: InterruptedUnit::Charged,
            rent_reserve: Span::HOUR,
            rent_reserve_scope: ReserveScope::Pod,
            rent_reserve_storage: true,
            low_funds_reserve: Span::MINUTE * 10,
            low_funds_action: LowFundsAction::Stop,
            drained_storage: DrainedStorage::Free,
            debt_limit_days: None,
            drained_hold: Span::HOUR * 48,
            outage_partial_unit: OutagePartialUnit::Kept,
            outage_storage: OutageStorage::Free,
            minimum_billed: Span::ZERO,
            minimum_deposit: Money::from_dollars(10),
            trial_credit: Money::ZERO,
            auto_pay_interval: Span::HOUR,
            payment_failure: Share::from_billionths(0),
            spending_limit_steps: limits::default_steps(),
            credit_line: Money::ZERO,
            plan_discounts: limits::default_plans(),
            container_disk_price: cents(10),
            volume_price_running: cents(10), volume_price_stopped: cents(20),
            gb_per_tb: 1000,
            network_volume_max: Gb::new(4000),
            network_volume_price: cents(7),
            network_volume_price_above: cents(5),
            network_volume_tiers: NetworkVolumeTiers::Marginal,
            network_volume_pods_stop: NetworkVolumePodsStop::Refused,
            download_gbps: 1, upload_gbps: 1,
            datacenter_gbps: 25, image_cache: Gb::new(200),
            serverless: Box::default(),
        }
    }
}
