//! Random scripts that look for trouble: instants on boundaries and a microsecond off them, several actions
//! at one instant, balances a nano-dollar from a line, all so dear that money runs out within the hour.

mod volumes;

use super::bill;
use super::saving::{buy, limits, saved, steps};
use super::script::{Account, Act, Create, DISK, Host, Resume, STORAGE, Script, VCPUS};
use proptest::prelude::*;
use proptest::sample::select;
use std::collections::BTreeSet;
use volumes::network_storage;
pub(super) use volumes::{create_volumes, volume_act, volume_names};
use walras::scenario::demand::WhenFull;
use walras::scenario::model::EvictionChoice;
use walras::scenario::rules::{
    BidChange, BillingStarts, DrainedStorage, LowFundsAction, OutagePartialUnit, OutageStorage,
    PriceChangeApplies, ReserveScope, Rounding, Rules,
};
use walras::units::{Money, Share, Span};

pub(super) const SECOND: u64 = 1_000_000;
pub(super) const HORIZON: u64 = 7_200 * SECOND;
pub(super) const HOSTS: usize = 2;
pub(super) const ACCOUNTS: usize = 2;
/// Pods of up to four GPUs on hosts of sixteen: there is always room.
pub(super) const PODS: usize = 4;
pub(super) const MOST_GPUS: u32 = 4;

/// Instants on few phases of the minute, so that boundaries and actions meet.
pub(super) fn instants(latest: u64) -> impl Strategy<Value = u64> {
    let phases = [0, 0, 0, 1, 60 * SECOND - 1, 30 * SECOND, 17_500_000];
    (0..latest / (60 * SECOND), select(phases.to_vec()))
        .prop_map(|(minute, phase)| minute * 60 * SECOND + phase)
}

/// Amounts in cents, a nano-dollar more, or a nano-dollar less.
pub(super) fn amounts(cents: std::ops::Range<i128>) -> impl Strategy<Value = i128> {
    (cents, select(vec![0, 0, 0, 1, -1]))
        .prop_map(|(cents, nano)| (cents * 10_000_000 + nano).max(0))
}

/// Prices per GPU-hour: whole cents a minute, odd ones, dear ones, nothing.
pub(super) fn prices() -> impl Strategy<Value = i128> {
    select(vec![600_000_000, 1_200_000_000, 790_000_000, 12_345_678_901, 60_000_000_000, 7, 0])
}

/// Sizes in GB: none, one, 0.0001 USD a minute, 0.01, 0.1.
pub(super) fn sizes() -> impl Strategy<Value = u32> {
    select(vec![0, 0, 1, 40, 4_321, 43_200])
}

pub(super) fn spans(seconds: &[u64]) -> impl Strategy<Value = Span> + use<> {
    select(seconds.to_vec()).prop_map(Span::from_seconds)
}

pub(super) fn either<T: Clone + std::fmt::Debug + 'static>(
    usual: T,
    other: T,
) -> impl Strategy<Value = T> {
    select(vec![usual.clone(), usual, other])
}

prop_compose! {
    fn units()(
        minute_rounding in either(Rounding::Started, Rounding::Completed),
        compute_unit in spans(&[60, 60, 60, 30, 10]),
        storage_unit in spans(&[60, 60, 60, 30, 120]),
        minimum in select(vec![0, 0, 0, 1, 5]),
        statement in proptest::option::weighted(0.2, spans(&[61, 300, 1_800])),
        storage in network_storage(),
        share in select(vec![760_000_000, 333_333_333, 0, 1_000_000_000]),
        trial_credit in select(vec![0, 0, 1_000_000_000]),
    ) -> Rules {
        Rules {
            minute_rounding,
            compute_unit,
            storage_unit,
            minimum_billed: compute_unit * minimum,
            statement_every: statement,
            host_share_storage: Share::from_billionths(share),
            trial_credit: Money::from_nanos(trial_credit),
            ..storage
        }
    }
}

prop_compose! {
    fn lines()(
        units in units(),
        rent_reserve in spans(&[3_600, 600, 60, 0]),
        rent_reserve_scope in either(ReserveScope::Pod, ReserveScope::Account),
        rent_reserve_storage in either(true, false),
        low_funds_reserve in spans(&[600, 600, 60, 0]),
        low_funds_action in
            either(LowFundsAction::Stop, LowFundsAction::TerminateWithoutNetworkVolume),
        drained_storage in either(DrainedStorage::Free, DrainedStorage::Debt),
        drained_hold in spans(&[172_800, 1_800, 600, 60]),
        auto_pay_interval in spans(&[3_600, 600, 60]),
        payment_fails in either(false, true),
    ) -> Rules {
        Rules {
            rent_reserve,
            rent_reserve_scope,
            rent_reserve_storage,
            low_funds_reserve,
            low_funds_action,
            drained_storage,
            drained_hold,
            auto_pay_interval,
            payment_failure: if payment_fails { Share::ONE } else { Share::default() },
            minimum_deposit: Money::from_nanos(10_000_000),
            ..units
        }
    }
}

prop_compose! {
    /// The market profile of a script.
    pub(super) fn rules()(
        lines in lines(),
        container_start in spans(&[0, 0, 5, 60]),
        billing_starts in either(BillingStarts::Placed, BillingStarts::Running),
        price_change_applies in either(PriceChangeApplies::NewRentals, PriceChangeApplies::Running),
        outage_partial_unit in either(OutagePartialUnit::Kept, OutagePartialUnit::Forfeited),
        outage_storage in either(OutageStorage::Free, OutageStorage::Charged),
        spot in select(vec![true, true, true, true, false]),
        bid_change in select(vec![BidChange::Refused, BidChange::Allowed, BidChange::Allowed]),
        spending_limit_steps in steps(),
        hourly in select(vec![50_000_000, 500_000_001, 950_000_000]),
    ) -> Rules {
        let discount = |hours, share| (Span::HOUR * hours, Share::from_billionths(share));
        Rules {
            spending_limit_steps,
            plan_discounts: vec![discount(1, hourly), discount(2, 150_000_000)],
            container_start,
            billing_starts,
            price_change_applies,
            outage_partial_unit,
            outage_storage,
            spot,
            bid_change,
            ..lines
        }
    }
}

prop_compose! {
    pub(super) fn account(index: usize)(
        balance in amounts(0..400),
        auto_pay in proptest::option::weighted(0.3, (amounts(0..100), amounts(1..200))),
        low_balance in proptest::option::weighted(0.3, amounts(0..200)),
        credit_line in select(vec![0, 0, 0, 500_000_000]),
        limit in proptest::option::weighted(0.1, proptest::option::weighted(0.8, limits())),
        age in select(vec![0, 0, 1_800 * SECOND]),
    ) -> Account {
        let auto_pay = auto_pay.map(|(threshold, amount)| (threshold, amount.max(10_000_000)));
        Account {
            name: format!("a{index}"),
            balance,
            auto_pay,
            low_balance,
            credit_line,
            spending_limit: limit,
            age,
        }
    }
}

prop_compose! {
    fn host(index: usize)(
        price in prices(),
        slots in select(vec![0, 8]),
        download in 1..4_u32,
        upload in 1..4_u32,
        center in select(vec![0, 1, 1]),
    ) -> Host {
        let floor = price / 2;
        Host {
            name: format!("h{index}"),
            kind: index,
            gpus: 16,
            price,
            floor,
            disk: DISK,
            vcpus: VCPUS,
            slots,
            download,
            upload,
            center,
        }
    }
}

pub(super) fn bids() -> impl Strategy<Value = Option<i128>> {
    proptest::option::weighted(0.3, prices())
}
/// How long a request waits: mostly not at all.
pub(super) fn patience() -> impl Strategy<Value = u64> {
    select(vec![0, 0, 60 * SECOND, 600 * SECOND, 7_200 * SECOND])
}

prop_compose! {
    /// A request no later than `latest`, on one of `hosts`, for one of these numbers of GPUs, at a bid.
    pub(super) fn create(
        pod: usize,
        latest: u64,
        (hosts, gpus): (Vec<usize>, Vec<u32>),
        bids: BoxedStrategy<Option<i128>>,
    )(
        at in instants(latest),
        account in 0..ACCOUNTS,
        host in select(hosts.clone()),
        others in proptest::collection::vec(select(hosts), 0..3),
        gpus in select(gpus),
        cpus in select(vec![0, 1, 2, 5]),
        vcpus in select(vec![0, 0, 0, 1, 2, 3, 4]),
        image in select(vec![0, 0, 0, 1, 7, 15]),
        disk in sizes(),
        volume in sizes(),
        bid in bids,
        patience in patience(),
        work in proptest::option::weighted(0.3, select(vec![30, 60, 600, 1_500])),
        stops_when_done in any::<bool>(),
        exits in select(vec![false, false, false, false, true]),
        network in proptest::option::weighted(0.3, select(vec![0, 0, 0, 0, 0, 1])),
    ) -> (u64, Act) {
        // Its account's, or another's; a volume besides is refused.
        let network = network.map(|off| (account + off) % ACCOUNTS);
        let volume = if network.is_some() && volume != 43_200 { 0 } else { volume };
        let work = work.map(|seconds| seconds * SECOND);
        let create = Create {
            pod,
            account,
            host,
            others,
            gpus,
            cpus: if gpus == 0 && bid.is_none() { cpus } else { 0 },
            vcpus,
            image,
            disk,
            volume,
            bid,
            patience,
            work,
            stops_when_done,
            exits,
            network,
        };
        (at, Act::Create(create))
    }
}

prop_compose! {
    fn resume()(
        pod in 0..PODS,
        gpus in proptest::option::weighted(0.5, select(vec![0, 1, MOST_GPUS, 17])),
        bid in bids(),
        when_full in
            select(vec![
                WhenFull::Refuse, WhenFull::Wait, WhenFull::Wait, WhenFull::ZeroGpu, WhenFull::Move,
            ]),
        elsewhere in proptest::bool::weighted(0.25),
        patience in select(vec![60 * SECOND, 600 * SECOND, 7_200 * SECOND]),
    ) -> Act {
        let patience = if when_full == WhenFull::Wait { patience } else { 0 };
        let when_full = if elsewhere { WhenFull::Refuse } else { when_full };
        let patience = if elsewhere { 0 } else { patience };
        Act::Resume(Resume { pod, gpus, bid, when_full, elsewhere, patience })
    }
}

pub(super) fn act() -> impl Strategy<Value = Act> {
    prop_oneof![
        3 => volume_act(),
        4 => resume(),
        1 => (0..PODS, prices()).prop_map(|(pod, bid)| Act::ChangeBid(pod, bid)),
        3 => (0..PODS).prop_map(Act::Stop),
        1 => (0..PODS).prop_map(Act::Terminate),
        1 => (0..PODS).prop_map(Act::Reset),
        4 => (0..ACCOUNTS, amounts(0..200)).prop_map(|(to, amount)| Act::Deposit(to, amount)),
        2 => (0..ACCOUNTS, amounts(0..100), select(vec![1, -1, -1]))
            .prop_map(|(of, amount, sign)| Act::Adjust(of, sign * amount)),
        1 => (0..ACCOUNTS, amounts(0..100), amounts(0..200))
            .prop_map(|(of, threshold, amount)| Act::AutoPay(of, threshold, amount)),
        2 => (0..HOSTS, prices()).prop_map(|(host, price)| Act::Price(host, price)),
        3 => buy(),
        2 => (0..HOSTS).prop_map(Act::HostDown),
        3 => (0..HOSTS).prop_map(Act::HostUp),
        2 => (0..HOSTS).prop_map(Act::NetworkDown),
        3 => (0..HOSTS).prop_map(Act::NetworkUp),
    ]
}

pub(super) fn actions() -> impl Strategy<Value = Vec<(u64, Act)>> {
    let creates: Vec<_> = (0..PODS).map(saved).collect();
    let acts = proptest::collection::vec((instants(HORIZON), act()), 0..24);
    (creates, create_volumes(), acts).prop_map(|(creates, volumes, acts)| {
        let mut creates = creates.concat();
        creates.extend(volumes);
        creates.extend(acts);
        creates.sort_by_key(|(at, _)| *at);
        decided(creates)
    })
}

/// Leaves out what no rule decides: which of several requests for one pod at one instant is looked at
/// first if they bid.
pub(super) fn decided(actions: Vec<(u64, Act)>) -> Vec<(u64, Act)> {
    let mut asked = BTreeSet::new();
    let mut decided = |(at, act): &(u64, Act)| match act {
        Act::Create(create) => asked.insert((*at, create.pod)),
        Act::Resume(resume) => asked.insert((*at, resume.pod)),
        _ => true,
    };
    actions.into_iter().filter(|action| decided(action)).collect()
}

/// A script. In half of them up to two actions are aimed: they come at the very instant, or a
/// microsecond off it, at which an owner is told something without them.
pub(crate) fn scripts() -> impl Strategy<Value = Script> {
    let aims = proptest::collection::vec((any::<u16>(), select(vec![0, 0, 0, -1, 1]), aim()), 0..3);
    (plain(), proptest::option::of(aims)).prop_map(|(script, aims)| match aims {
        Some(aims) => aimed(script, aims),
        None => script,
    })
}

/// What is aimed: anything, and often an outage.
fn aim() -> impl Strategy<Value = Act> {
    prop_oneof![
        2 => act(),
        1 => (0..HOSTS).prop_map(Act::HostDown),
        1 => (0..HOSTS).prop_map(Act::NetworkDown),
    ]
}

fn aimed(mut script: Script, aims: Vec<(u16, i64, Act)>) -> Script {
    let told: Vec<u64> = bill(&script).notices.iter().map(|notice| notice.at).collect();
    for (which, off, act) in aims {
        let Some(at) = told.get(usize::from(which) % told.len().max(1)) else { continue };
        script.actions.push((at.saturating_add_signed(off), act));
    }
    script.actions.sort_by_key(|(at, _)| *at);
    script.actions = decided(script.actions);
    script
}

prop_compose! {
    fn plain()(
        rules in rules(),
        horizon in instants(HORIZON),
        warm_up in select(vec![0, 0, 60 * SECOND, 90 * SECOND]),
        hosts in (0..HOSTS).map(host).collect::<Vec<_>>(),
        accounts in (0..ACCOUNTS).map(account).collect::<Vec<_>>(),
        storage in select(vec![STORAGE, STORAGE, 4_000, 1_000]),
        actions in actions(),
    ) -> Script {
        let pods = (0..PODS).map(|pod| format!("p{pod}")).collect();
        Script {
            rules,
            eviction: EvictionChoice::LowestBid,
            horizon: HORIZON / 2 + horizon / 2,
            warm_up,
            hosts,
            accounts,
            pods,
            volumes: volume_names(),
            storage,
            actions,
        }
    }
}
