//! Whether a host is listed: its heartbeats, its score, what delists it (HOST-02, HOST-08 to HOST-11).
//!
//! A score moves at beats alone, so nothing needs an event but outages and the beat at which a delisted
//! host reaches the listing minimum again, which is found by bisection. On a delisted host running pods
//! run on, its own pods may resume, and promises hold; nothing new is placed there.

use crate::agenda::{Class, Event};
use crate::ids::HostId;
use crate::journal::Fact;
use crate::journal::fact::Delisted;
use crate::turn::{News, Turn};
use crate::units::Span;
use crate::world::standing::Bar;

/// HOST-08. After a change of what the host lacks: it misses its beats from now on, or no longer.
pub fn note_beats(turn: &mut Turn<'_, '_>, host: HostId) {
    let standing = turn.world.fleet.hosts[host].standing;
    let excused = standing.is_under(Bar::Maintenance);
    let misses = !standing.available() && !excused;
    let rules = &turn.rules().hosts;
    turn.world.records[host].heartbeats.miss(turn.now, misses, rules);
}

/// HOST-10. At its return a host is judged: below the minimum it is delisted until the beat at which it
/// reaches it.
pub fn judge(turn: &mut Turn<'_, '_>, host: HostId) {
    let rules = &turn.rules().hosts;
    let record = &mut turn.world.records[host];
    record.score = record.heartbeats.reliability(turn.now, rules);
    let falls_short = !record.score.reaches(rules.listing_minimum);
    if falls_short {
        let (at, outages) =
            (record.heartbeats.relisting(turn.now, rules), record.heartbeats.outages());
        turn.schedule(at, Class::Listing, Event::HostRelists { host, outages });
    }
    bar(turn, host, Bar::Reliability, falls_short);
}

/// Class 2: the host reaches the listing minimum, unless it failed again since that was expected.
pub fn relist(turn: &mut Turn<'_, '_>, host: HostId, outages: u32) {
    if turn.world.records[host].heartbeats.outages() == outages {
        lift(turn, host, Bar::Reliability);
    }
}

/// CLD-04. A host that joined is being vetted, and not listed until then.
pub fn vet(turn: &mut Turn<'_, '_>, host: HostId, takes: Span) {
    bar(turn, host, Bar::Vetting, true);
    let at = turn.now.saturating_add(takes);
    turn.schedule(at, Class::Listing, Event::HostVetted(host));
}

/// Class 2: a host has been vetted.
pub fn vetted(turn: &mut Turn<'_, '_>, host: HostId) {
    lift(turn, host, Bar::Vetting);
}

/// HOST-05, HOST-06. Class 1: what is announced of the host delists it from now on.
pub fn delist_for_notice(turn: &mut Turn<'_, '_>, host: HostId) {
    turn.world.records[host].notices += 1;
    bar(turn, host, Bar::Notice, true);
    turn.settle_host(host);
}

/// What was announced is over.
pub fn end_notice(turn: &mut Turn<'_, '_>, host: HostId) {
    let record = &mut turn.world.records[host];
    record.notices -= 1;
    if record.notices == 0 {
        lift(turn, host, Bar::Notice);
    }
}

/// A bar to its being listed is gone: if it was the last, requests see it again.
fn lift(turn: &mut Turn<'_, '_>, host: HostId, of: Bar) {
    bar(turn, host, of, false);
    turn.settle_host(host);
    if turn.world.fleet.hosts[host].offered() {
        turn.freed(host);
        turn.tell(News::HostOpen(host));
    }
}

/// Sets or lifts a bar to being listed, and says so if the host is now listed or no longer.
fn bar(turn: &mut Turn<'_, '_>, host: HostId, of: Bar, is_under: bool) {
    let standing = &mut turn.world.fleet.hosts[host].standing;
    let was_listed = standing.listed();
    standing.set(of, is_under);
    match (was_listed, standing.listed()) {
        (true, false) => {
            let why = match of {
                Bar::Vetting => Delisted::Vetting,
                Bar::Reliability => Delisted::Reliability,
                Bar::Power | Bar::Network | Bar::Maintenance | Bar::Absence | Bar::Notice => {
                    Delisted::Notice
                }
            };
            turn.state(Fact::HostDelisted { host, why });
            turn.tell(News::HostShut(host));
        }
        (false, true) => turn.state(Fact::HostListed(host)),
        (true, true) | (false, false) => {}
    }
}

/// HOST-09. Says how reliable the host is at last: at its departure, or at the end of the run.
pub fn state_score(turn: &mut Turn<'_, '_>, host: HostId) {
    let score = turn.world.records[host].heartbeats.reliability(turn.now, &turn.rules().hosts);
    turn.state(Fact::HostScored { host, reliability: score.millionths() });
}
