//! Network volumes come, grow and go (NVOL-01 to NVOL-04, NVOL-08, BILL-06, BILL-13).

use crate::billing::{Line, Meter};
use crate::ids::{AccountId, DataCenterId, Id, NetworkVolumeId};
use crate::journal::Fact;
use crate::journal::fact::{
    EndReason, Named, NetworkVolumeCreated, NetworkVolumeName, Operation, Refusal,
};
use crate::market::charge::network as charge;
use crate::market::rent::limit;
use crate::turn::Turn;
use crate::units::{Gb, Money, Span};
use crate::world::endpoint::Endpoint;
use crate::world::network::NetworkVolume;

/// GEN-14. The volume of that name, if it is there and the actor's; else why not: unknown if it is not
/// there (yet) or another's, illegal in state if it is gone.
pub fn find(
    turn: &Turn<'_, '_>,
    account: AccountId,
    name: NetworkVolumeName,
) -> Result<NetworkVolumeId, Refusal> {
    let volumes = &turn.world.network_volumes;
    let known = volumes.named(name);
    let own =
        |volume: &NetworkVolumeId| volumes.get(*volume).is_some_and(|row| row.account == account);
    known.filter(own).ok_or_else(|| {
        let was_own = known.is_none() && volumes.former_owner(name) == Some(account);
        if was_own { Refusal::IllegalState } else { Refusal::Unknown }
    })
}

/// Class 5: CreateNetworkVolume. Gives why it is refused, if it is: which the caller says.
///
/// # Errors
/// GEN-14: its name where it is taken, its size, or a place without network storage, is an argument out of range; its first hour may
/// not be there, or its capacity.
pub fn create(
    turn: &mut Turn<'_, '_>,
    account: AccountId,
    name: NetworkVolumeName,
    (size, datacenter): (Gb, Option<DataCenterId>),
) -> Result<(), Refusal> {
    let rules = turn.rules();
    let stores =
        |place: &DataCenterId| Gb::ZERO < turn.scenario.datacenters[place.index()].network_storage;
    let datacenter = datacenter.filter(stores).ok_or(Refusal::BadArgument)?;
    let is_taken = turn.world.network_volumes.named(name).is_some();
    if is_taken || size == Gb::ZERO || rules.network_volume_max < size {
        return Err(Refusal::BadArgument);
    }
    afford(turn, account, size, hour(turn, size))?;
    if turn.world.network_volumes.left(datacenter) < size {
        return Err(Refusal::NoCapacity);
    }
    accept(turn, account, size);
    let price = charge::price(rules, size);
    let meter = Meter::open(charge::terms(rules), price, size.get(), turn.now);
    let (counted, burn, pods) = (Line::NONE, Money::ZERO, 0);
    let row = NetworkVolume { name, account, datacenter, size, meter, counted, burn, pods };
    let volume = turn.world.network_volumes.insert(row);
    let monthly = rules.network_volume_monthly(size);
    let created = NetworkVolumeCreated { volume, name, account, datacenter, size, monthly };
    turn.state(Fact::NetworkVolumeCreated(created));
    charge::recount(turn, volume);
    Ok(())
}

/// Class 5: ResizeNetworkVolume. It may only grow: at once, its price with the next hour (NVOL-04).
///
/// # Errors
/// As for [`create`], and where the volume is not the actor's or gone.
pub fn resize(
    turn: &mut Turn<'_, '_>,
    account: AccountId,
    name: NetworkVolumeName,
    size: Gb,
) -> Result<(), Refusal> {
    let volume = find(turn, account, name)?;
    let row = turn.world.network_volumes.get(volume).ok_or(Refusal::Unknown)?;
    let (before, datacenter) = (row.size, row.datacenter);
    if size <= before || turn.rules().network_volume_max < size {
        return Err(Refusal::BadArgument);
    }
    afford(turn, account, size, hour(turn, size) - hour(turn, before))?;
    if turn.world.network_volumes.left(datacenter) + before < size {
        return Err(Refusal::NoCapacity);
    }
    accept(turn, account, size);
    turn.world.network_volumes.resize(volume, size);
    let monthly = turn.rules().network_volume_monthly(size);
    turn.state(Fact::NetworkVolumeResized { volume, size, monthly });
    charge::reprice(turn, volume);
    Ok(())
}

/// Class 4: DeleteNetworkVolume. Its space is free at once, the hour that has begun is owed (NVOL-03).
///
/// # Errors
/// Where it is not the actor's or gone, or a pod that is not gone, a waiting one, too, or an endpoint has it (NVOL-08).
pub fn delete(
    turn: &mut Turn<'_, '_>,
    account: AccountId,
    name: NetworkVolumeName,
) -> Result<(), Refusal> {
    let volume = find(turn, account, name)?;
    let in_use = turn.world.network_volumes.get(volume).is_none_or(|row| 0 < row.pods);
    if in_use || any_endpoint_has(turn, account, name) {
        return Err(Refusal::IllegalState);
    }
    remove(turn, volume, EndReason::Terminated);
    Ok(())
}

/// NVOL-08. Whether an endpoint of the account has its volume of that name.
fn any_endpoint_has(turn: &Turn<'_, '_>, account: AccountId, name: NetworkVolumeName) -> bool {
    let its = |own: &Endpoint| own.exists && own.account == account;
    let has = |own: &Endpoint| {
        own.of.settings.network_volume.is_some_and(|of| NetworkVolumeName::Given(of) == name)
    };
    turn.world.endpoints.iter().any(|(_, own)| its(own) && has(own))
}

/// It is gone, with its data: deleted, or lost after the hold (BILL-13), whatever has it.
pub fn remove(turn: &mut Turn<'_, '_>, volume: NetworkVolumeId, reason: EndReason) {
    charge::close(turn, volume);
    if let Some(row) = turn.world.network_volumes.remove(volume) {
        let account = &mut turn.world.accounts[row.account];
        account.line.replace(&row.counted, &Line::NONE);
        account.burn -= row.burn;
        turn.touch(row.account);
        turn.state(Fact::NetworkVolumeRemoved(crate::journal::fact::NetworkVolumeRemoved {
            volume,
            reason,
        }));
    }
}

/// BILL-06. Whether the first hour of a new or grown volume is there, with what was accepted before it in
/// this instant, and R10 of what runs or is promised besides; and whether the account may burn so much `more`
/// per hour (ACCT-06).
fn afford(turn: &Turn<'_, '_>, account: AccountId, size: Gb, more: Money) -> Result<(), Refusal> {
    if !limit::allows(turn, account, more) {
        return Err(Refusal::SpendingLimit);
    }
    let sums = turn.sums_today(account);
    let needed = sums.reserve + sums.promised + turn.accepted(account) + hour(turn, size);
    let is_drained = turn.world.accounts[account].is_drained();
    if is_drained || turn.spendable(account, turn.paying_side()) < needed {
        return Err(Refusal::NoFunds);
    }
    Ok(())
}
fn accept(turn: &mut Turn<'_, '_>, account: AccountId, size: Gb) {
    let (now, hour) = (turn.now, hour(turn, size));
    turn.world.network_volumes.accept(account, now, hour);
}
fn hour(turn: &Turn<'_, '_>, size: Gb) -> Money {
    charge::price(turn.rules(), size).for_span(size.get(), Span::HOUR)
}

/// GEN-14. Says what was refused, if it was.
pub fn answer(
    turn: &mut Turn<'_, '_>,
    (account, operation, name): (AccountId, Operation, NetworkVolumeName),
    answer: Result<(), Refusal>,
) {
    if let Err(reason) = answer {
        turn.reject_named(account, operation, Named::NetworkVolume(name), reason);
    }
}
