//! Acts out the script, under the platform's own names (API-01).
//!
//! A refused action is a fact with its reason (GEN-14): never a panic, and never silent.

mod permission;

use crate::agenda::Class;
use crate::hosts;
use crate::ids::{AccountId, ActionId, HostId, Id, PodId, PodNameId, ScopeId};
use crate::journal::fact::{Kind, NetworkVolumeName, Operation, PodName, Refusal};
use crate::market::{
    bid, checkpoint, funds, list_price, network, plans, price, rent, stop, team, template,
};
use crate::scenario::demand::WhenFull;
use crate::scenario::model::{Action, ActionKind, CreatePod};
use crate::serverless;
use crate::turn::Turn;
use crate::units::{Money, Span};
use crate::world::pod::Watch;
use crate::world::templates::Origin;

/// The class of an action (GEN-11).
pub fn class(kind: &ActionKind) -> Class {
    match kind {
        ActionKind::Deposit { .. } => Class::Deposit,
        ActionKind::SetAutoPay { .. } => Class::SetAutoPay,
        ActionKind::Adjust { .. } => Class::Adjustment,
        ActionKind::BuySavingsPlan { .. } => Class::BuySavingsPlan,
        ActionKind::CreatePod(create) if create.bid.is_some() => Class::BidJoins,
        ActionKind::ResumePod { bid: Some(_), .. } | ActionKind::MovePod { bid: Some(_), .. } => {
            Class::BidJoins
        }
        ActionKind::CreatePod(_) | ActionKind::ResumePod { .. } | ActionKind::MovePod { .. } => {
            Class::AskJoins
        }
        ActionKind::StopPod { .. } => Class::StopPod,
        ActionKind::ResetPod { .. } => Class::ResetPod,
        ActionKind::ChangeBid { .. } => Class::ChangeBid,
        // It looks at what has been stopped, reset or terminated in its instant.
        ActionKind::ConnectPod { .. } => Class::SetAutoPay,
        ActionKind::TerminatePod { .. } => Class::TerminatePod,
        ActionKind::SaveTemplate(_) => Class::Template,
        ActionKind::ConvertToTeam { .. } => Class::Conversion,
        ActionKind::SetMember { .. } => Class::Members,
        ActionKind::CreateNetworkVolume { .. } | ActionKind::ResizeNetworkVolume { .. } => {
            Class::NetworkVolume
        }
        ActionKind::DeleteNetworkVolume { .. } => Class::DeleteVolume,
        ActionKind::HostDown { .. } => Class::HostDown,
        ActionKind::HostUp { .. } => Class::HostUp,
        ActionKind::NetworkDown { .. } => Class::NetworkDown,
        ActionKind::NetworkUp { .. } => Class::NetworkUp,
        ActionKind::HostJoin { .. } => Class::HostJoin,
        ActionKind::HostLeave { .. } => Class::HostLeave,
        ActionKind::ScheduleMaintenance { .. } => Class::Announcement,
        ActionKind::SetPrice { host: Some(_), .. } => Class::HostPrice,
        ActionKind::SetPrice { host: None, .. } => Class::SetPrice,
        ActionKind::Endpoint(action) => serverless::class(action),
    }
}

/// Does what the script says.
pub fn act(turn: &mut Turn<'_, '_>, action: ActionId) {
    let scenario = turn.scenario;
    let Action { account, member, kind, .. } = &scenario.script[action.index()];
    let owner = || account.expect("the check gives every customer's action an account");
    if let Some(member) = member
        && !permission::is_given(turn, (owner(), *member), kind)
    {
        return;
    }
    match kind {
        ActionKind::Deposit { amount } => funds::deposit(turn, owner(), *amount),
        ActionKind::SetAutoPay { auto_pay } => funds::set_auto_pay(turn, owner(), *auto_pay),
        ActionKind::Adjust { amount } => funds::adjust(turn, owner(), *amount),
        ActionKind::CreatePod(new) => create(turn, owner(), (action, new)),
        ActionKind::BuySavingsPlan { scope, gpus, term, pod } => {
            let (account, scope, gpus, term) = (owner(), *scope, *gpus, *term);
            buy_plan(turn, plans::Wish { account, scope, gpus, term, pod: None }, *pod);
        }
        ActionKind::StopPod { pod } => {
            on_pod(turn, owner(), *pod, Operation::StopPod, stop::stop);
        }
        ActionKind::ResetPod { pod } => {
            on_pod(turn, owner(), *pod, Operation::ResetPod, stop::reset);
        }
        ActionKind::ChangeBid { pod, bid: stated } => {
            on_pod(turn, owner(), *pod, Operation::ChangeBid, |turn, pod| {
                bid::change(turn, pod, *stated);
            });
        }
        ActionKind::ConnectPod { pod } => {
            on_pod(turn, owner(), *pod, Operation::ConnectPod, |_, _| {});
        }
        ActionKind::TerminatePod { pod } => {
            on_pod(turn, owner(), *pod, Operation::TerminatePod, stop::terminate);
        }
        ActionKind::ResumePod { pod, bid, gpus, when_full, patience } => {
            let operation =
                if bid.is_some() { Operation::ResumeSpotPod } else { Operation::ResumePod };
            let wish = Wish { when_full: *when_full, patience: *patience, ..Wish::of(*bid, *gpus) };
            resume(turn, owner(), (*pod, operation), wish);
        }
        ActionKind::MovePod { pod, bid, gpus } => {
            let wish = Wish { elsewhere: true, ..Wish::of(*bid, *gpus) };
            resume(turn, owner(), (*pod, Operation::MovePod), wish);
        }
        ActionKind::SaveTemplate(save) => template::save(turn, owner(), save),
        ActionKind::ConvertToTeam { team: name } => team::convert(turn, owner(), *name),
        ActionKind::SetMember { member, role } => {
            team::set_member(turn, owner(), (*member, *role));
        }
        ActionKind::CreateNetworkVolume { .. }
        | ActionKind::ResizeNetworkVolume { .. }
        | ActionKind::DeleteNetworkVolume { .. } => on_volume(turn, owner(), kind),
        ActionKind::HostDown { host } => hosts::power_lost(turn, *host),
        ActionKind::HostUp { host } => hosts::power_back(turn, *host),
        ActionKind::NetworkDown { host } => hosts::network_lost(turn, *host),
        ActionKind::NetworkUp { host } => hosts::network_back(turn, *host),
        ActionKind::HostJoin { host, invited, vetted } => {
            hosts::arrival::join(turn, *host, (*invited, *vetted));
        }
        ActionKind::HostLeave { host, notice } => hosts::departure::leave(turn, *host, *notice),
        ActionKind::ScheduleMaintenance { host, start, end } => {
            hosts::maintenance::announce(turn, *host, (*start, *end));
        }
        ActionKind::Endpoint(action) => serverless::act(turn, *account, action),
        ActionKind::SetPrice { scopes, host, price: amount, min_bid } => {
            set_price(turn, (scopes, *host), (*amount, *min_bid));
        }
    }
}

/// GPU-03, HOST-13. Prices of scopes, or of one host.
fn set_price(
    turn: &mut Turn<'_, '_>,
    (scopes, host): (&[ScopeId], Option<HostId>),
    (amount, min_bid): (Option<Money>, Option<Money>),
) {
    if let Some(host) = host
        && !hosts::is_absent(turn, host, Operation::SetPrice)
    {
        price::set_host(turn, host, amount, min_bid);
    }
    for scope in scopes {
        price::set_scope(turn, *scope, amount, min_bid);
        list_price::note_stated(turn, *scope, amount);
    }
}

/// GEN-14. The pod of that name, if it lives and is the actor's; else the action is refused: unknown if
/// it is not there (yet) or another's, illegal in state if it has ended.
fn find(
    turn: &mut Turn<'_, '_>,
    account: AccountId,
    name: PodNameId,
    operation: Operation,
) -> Option<PodId> {
    let known = turn.world.named[name.index()];
    let own = |pod: &PodId| turn.world.pods.get(*pod).is_some_and(|row| row.account == account);
    if let Some(pod) = known.filter(own) {
        return Some(pod);
    }
    let ended = known.is_none() && turn.world.ended_owner[name.index()] == Some(account);
    let reason = if ended { Refusal::IllegalState } else { Refusal::Unknown };
    turn.reject_named(account, operation, PodName::Given(name), reason);
    None
}

/// Network volumes (NVOL-01, NVOL-04, NVOL-08).
#[expect(clippy::wildcard_enum_match_arm, reason = "only called for what is done with volumes")]
fn on_volume(turn: &mut Turn<'_, '_>, account: AccountId, kind: &ActionKind) {
    let (operation, name, answer) = match *kind {
        ActionKind::CreateNetworkVolume { name, size, datacenter } => {
            let name = NetworkVolumeName::Given(name);
            let answer = network::create(turn, account, name, (size, datacenter));
            (Operation::CreateNetworkVolume, name, answer)
        }
        ActionKind::ResizeNetworkVolume { volume, size } => {
            let name = NetworkVolumeName::Given(volume);
            let answer = network::resize(turn, account, name, size);
            (Operation::ResizeNetworkVolume, name, answer)
        }
        ActionKind::DeleteNetworkVolume { volume } => {
            let name = NetworkVolumeName::Given(volume);
            (Operation::DeleteNetworkVolume, name, network::delete(turn, account, name))
        }
        _ => return,
    };
    network::answer(turn, (account, operation, name), answer);
}

fn on_pod(
    turn: &mut Turn<'_, '_>,
    account: AccountId,
    name: PodNameId,
    operation: Operation,
    act: impl FnOnce(&mut Turn<'_, '_>, PodId),
) {
    if let Some(pod) = find(turn, account, name, operation) {
        act(turn, pod);
    }
}

/// PLAN-04. A savings plan, for the pod of that name first, if one is named.
fn buy_plan(turn: &mut Turn<'_, '_>, wish: plans::Wish, name: Option<PodNameId>) {
    match name {
        None => plans::buy(turn, wish),
        Some(name) => on_pod(turn, wish.account, name, Operation::BuySavingsPlan, |turn, pod| {
            plans::buy(turn, plans::Wish { pod: Some(pod), ..wish });
        }),
    }
}

fn create(turn: &mut Turn<'_, '_>, account: AccountId, (action, new): (ActionId, &CreatePod)) {
    let operation = if new.bid.is_some() { Operation::CreateSpotPod } else { Operation::CreatePod };
    let (mut demand, mut image, mut command) = (new.demand, new.image, new.command);
    let mut version = None;
    if let Some(from) = new.template {
        let asked = (&mut demand, &mut image, &mut command);
        version = template::fill_in(turn, (account, from), asked);
        if version.is_none() {
            // TMPL-02. It is yet to be made, or private to another.
            turn.reject_named(account, operation, PodName::Given(new.name), Refusal::Unknown);
            return;
        }
    }
    if turn.world.named[new.name.index()].is_some() {
        // A name belongs to one live pod at a time.
        turn.reject_named(account, operation, PodName::Given(new.name), Refusal::BadArgument);
        return;
    }
    let network_volume = match new.network_volume.map(NetworkVolumeName::Given) {
        None => None,
        Some(volume) => match network::find(turn, account, volume) {
            // GEN-14. To a pod it is unknown, whether it is gone or never was.
            Err(_) => {
                turn.reject_named(account, operation, PodName::Given(new.name), Refusal::Unknown);
                return;
            }
            Ok(_) if new.is_amiss => {
                let reason = Refusal::BadArgument;
                turn.reject_named(account, operation, PodName::Given(new.name), reason);
                return;
            }
            Ok(volume) => Some(volume),
        },
    };
    let kind = match new.bid {
        None => Kind::OnDemand,
        Some(stated) => Kind::Spot { bid: turn.rules().bid_per_gpu(stated, new.demand.gpus) },
    };
    let plan = new.checkpoint.as_ref().map(|terms| checkpoint::plan(turn, terms));
    let request = rent::NewPod {
        name: PodName::Given(new.name),
        account,
        segment: None,
        kind,
        demand,
        image,
        command,
        patience: new.patience,
        work: new.work,
        stay: None,
        value: None,
        on_done: new.on_done,
        checkpoint: plan.as_ref(),
        watch: Watch::default(),
        network_volume,
        origin: (version.is_some() || new.container.is_some())
            .then_some(Origin { version, action: Some(action) }),
    };
    rent::create(turn, request);
}

/// What a resume or a move asks for.
struct Wish {
    bid: Option<Money>,
    gpus: Option<u32>,
    when_full: WhenFull,
    elsewhere: bool,
    patience: Span,
}

impl Wish {
    /// At its own host, at once, or not at all.
    const fn of(bid: Option<Money>, gpus: Option<u32>) -> Self {
        let (when_full, patience) = (WhenFull::Refuse, Span::ZERO);
        Self { bid, gpus, when_full, elsewhere: false, patience }
    }
}

fn resume(
    turn: &mut Turn<'_, '_>,
    account: AccountId,
    (name, operation): (PodNameId, Operation),
    wish: Wish,
) {
    let Some(pod) = find(turn, account, name, operation) else { return };
    let Wish { gpus, when_full, elsewhere, patience, .. } = wish;
    let before = turn.world.pods[pod].gpus;
    let kind = match wish.bid {
        None => Kind::OnDemand,
        Some(stated) => {
            Kind::Spot { bid: turn.rules().bid_per_gpu(stated, gpus.unwrap_or(before)) }
        }
    };
    let resume = rent::Resume { pod, account, kind, gpus, when_full, elsewhere, patience };
    rent::resume(turn, resume);
}
