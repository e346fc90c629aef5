//! Why a request finds no room: host by host, what stood in its way (POD-03 to POD-06, SPOT-02, SPOT-04, SPOT-14).
//!
//! GPUs, floors, posted prices and who would give way are known exactly from facts. Where all of these would let it in,
//! what is left is disk, or vCPUs and memory where they are requested exactly, and it is said so.

use super::crowd::{Hold, Holder, Site};
use super::demand::Asked;
use super::known::Known;
use super::when::{counted, gpus};
use crate::ids::{HostId, Id};
use crate::journal::fact::Kind;
use crate::journal::rentals::Rental;
use crate::scenario::rules::WaitingOrder;
use crate::units::Money;

/// What the hosts named are like to a request.
#[derive(Clone, Copy, Debug, Default)]
struct Tally {
    named: u64,
    /// Not offered now.
    shut: u64,
    /// Their floor, or the posted price, is above the bid.
    dear: u64,
    /// They have the GPUs free.
    roomy: u64,
    /// They would have them if weaker pods gave way.
    reachable: u64,
    /// The most free GPUs, and where.
    most: Option<(u32, HostId)>,
    /// The lowest bid that holds GPUs where the request may go.
    lowest: Option<Money>,
    /// GPUs of spot pods there.
    spot: u64,
}

/// Why the request of `rental`, which is not placed now, is not.
pub(super) fn why(known: &Known<'_>, rental: &Rental) -> String {
    let asked = &rental.asked;
    if let Some(host) = asked.host {
        return on_its_host(known, rental, host);
    }
    let wanted = known.asked(rental);
    let mut tally = Tally::default();
    for index in 0..known.crowd.sites.len() {
        let host = HostId::from_index(index);
        if known.crowd.site(host).there && wanted.names(&known.names, host) {
            count(known, (rental.asked.kind, asked.gpus), host, &mut tally);
        }
    }
    let reason = in_words(known, rental, &wanted, &tally);
    let others = known.rentals.waiting(asked.pool).saturating_sub(1);
    match others {
        0 => reason,
        _ => format!("{reason}; {} there already", wait_in_words(others.into())),
    }
}

fn wait_in_words(others: u64) -> String {
    if others == 1 { "1 other waits".to_owned() } else { format!("{others} others wait") }
}

/// What pods on a host that are weaker than `kind` hold, and the lowest bid among all spot pods there.
fn weaker(known: &Known<'_>, site: &Site, kind: Kind) -> (u32, u32, Option<Money>) {
    let (mut gives, mut spot, mut lowest) = (0, 0, None::<Money>);
    for Holder { pod, gpus, hold } in &site.holders {
        let bid = known.rentals.find(*pod).map(|rental| rental.asked.kind);
        let (Hold::Its | Hold::Promised, Some(Kind::Spot { bid })) = (hold, bid) else { continue };
        spot += gpus;
        lowest = Some(lowest.map_or(bid, |least| least.min(bid)));
        let gives_way = match kind {
            Kind::OnDemand | Kind::Serverless => true,
            Kind::Spot { bid: own } => bid < own,
        };
        gives += if gives_way { *gpus } else { 0 };
    }
    (gives, spot, lowest)
}

/// SPOT-02, SPOT-14. Whether a bid is too low for a host, whoever is there.
fn is_dear(known: &Known<'_>, kind: Kind, host: HostId) -> bool {
    let Kind::Spot { bid } = kind else { return false };
    let posted = known.names.scenario.rules.spot_clearing.is_posted();
    let price = known.crowd.quote(known.names.scope(host)).and_then(|quote| quote.spot_price);
    bid < known.crowd.floor(host, &known.names) || posted && price.is_some_and(|price| bid < price)
}

fn count(known: &Known<'_>, (kind, need): (Kind, u32), host: HostId, tally: &mut Tally) {
    let site = known.crowd.site(host);
    tally.named += 1;
    if !site.available || site.unlisted {
        tally.shut += 1;
        return;
    }
    if is_dear(known, kind, host) {
        tally.dear += 1;
        return;
    }
    let free = u32::from(site.occupancy.free);
    if tally.most.is_none_or(|(most, _)| most < free) {
        tally.most = Some((free, host));
    }
    let posted = known.names.scenario.rules.spot_clearing.is_posted();
    let (mut gives, spot, lowest) = weaker(known, site, kind);
    if posted && matches!(kind, Kind::Spot { .. }) {
        gives = 0;
    }
    tally.spot += u64::from(spot);
    tally.lowest = tally.lowest.into_iter().chain(lowest).min();
    tally.roomy += u64::from(need <= free);
    tally.reachable += u64::from(need <= free + gives);
}

fn in_words(known: &Known<'_>, rental: &Rental, wanted: &Asked<'_>, tally: &Tally) -> String {
    let types = wanted.types_in_words(&known.names);
    let need = gpus(rental.asked.gpus);
    let open = tally.named - tally.shut;
    if tally.named == 0 {
        return format!("no host with {types} is there that could take it");
    }
    if open == 0 {
        let all = if tally.named == 1 {
            "the host".to_owned()
        } else {
            format!("all {} hosts", tally.named)
        };
        return format!(
            "{all} with {types} that it may use {} not offered now (HOST-02)",
            is_are(tally.named)
        );
    }
    if tally.dear == open {
        let bid = bid_of(rental);
        return format!(
            "its bid of {bid} is below what each of the {} with {types} takes (SPOT-02, SPOT-14)",
            counted(open, "host on offer")
        );
    }
    let block = known.names.scenario.rules.waiting_order == WaitingOrder::Block;
    if 0 < tally.roomy || 0 < tally.reachable {
        let where_ =
            if 0 < tally.roomy { "GPUs enough are free" } else { "GPUs enough would give way" };
        let lack = if block {
            "but those before it in the queue hold it back (POD-06, waiting_order: block)"
        } else if wanted.demand.deploy_cost.is_some() {
            "but not for what it is ready to pay, or without the disk (API-02, POD-03)"
        } else {
            "but not the disk, or the vCPUs and memory, that it takes (POD-02, POD-03)"
        };
        return format!(
            "{where_} on {}, {lack}",
            counted(tally.roomy.max(tally.reachable), "host")
        );
    }
    let has = match tally.most {
        Some((most, host)) if open == 1 => {
            let (name, total) = (known.names.host(host), known.names.spec(host).gpus);
            format!("{name}, the one host with {types}, has {most} of {total} GPUs free")
        }
        Some((most, host)) if 0 < most => {
            format!(
                "none of the {open} hosts with {types} has {need} free (at most {most}, on {})",
                known.names.host(host)
            )
        }
        _ => format!("none of the {open} hosts with {types} has {need} free"),
    };
    let shut = match tally.shut {
        0 => String::new(),
        shut => format!(", {shut} more not offered"),
    };
    let nobody = nobody(rental, tally.lowest);
    format!("{has}{shut}; {nobody} (POD-05, SPOT-04)")
}

fn is_are(count: u64) -> &'static str {
    if count == 1 { "is" } else { "are" }
}

fn bid_of(rental: &Rental) -> Money {
    match rental.asked.kind {
        Kind::Spot { bid } => bid,
        Kind::OnDemand | Kind::Serverless => Money::ZERO,
    }
}

/// Why nobody gives way, on `there`.
fn nobody(rental: &Rental, lowest: Option<Money>) -> String {
    match (rental.asked.kind, lowest) {
        (_, None) => "no spot pod is there to give way".to_owned(),
        (Kind::OnDemand | Kind::Serverless, Some(_)) => {
            "the spot pods there hold too few on any one host".to_owned()
        }
        (Kind::Spot { bid }, Some(lowest)) if bid < lowest => {
            format!("the lowest bid there is {lowest}, above its {bid}")
        }
        (Kind::Spot { bid }, Some(lowest)) if bid == lowest => {
            format!("the lowest bid there is {bid}, too, and equal bids displace nobody")
        }
        (Kind::Spot { bid }, Some(_)) => {
            format!("those there who bid less than its {bid} hold too few on any one host")
        }
    }
}

/// The same of a resume, which waits for its own host (POD-09, POD-11).
fn on_its_host(known: &Known<'_>, rental: &Rental, host: HostId) -> String {
    let (site, name) = (known.crowd.site(host), known.names.host(host));
    if !site.available {
        return format!("its host {name} is away, which counts as full (POD-11)");
    }
    let (free, total) = (u32::from(site.occupancy.free), site.occupancy.total());
    let kind = rental.asked.kind;
    if is_dear(known, kind, host) {
        return format!(
            "its bid of {} is below what {name} takes (SPOT-02, SPOT-14)",
            bid_of(rental)
        );
    }
    let (gives, _, lowest) = weaker(known, site, kind);
    if rental.asked.gpus <= free + gives {
        return format!(
            "its host {name} has the GPUs, but not the disk for its container (STOR-05)"
        );
    }
    format!(
        "its host {name} has {free} of {total} GPUs free; {} (POD-11, SPOT-04)",
        nobody(rental, lowest)
    )
}
