//! Hosts that join, are maintained, and leave (CLD-04, HOST-05, HOST-06).

use super::{Known, host};
use crate::scenario::model::ActionKind;
use crate::scenario::schema::script::hosts::{HostJoinText, HostLeaveText, MaintenanceText};
use crate::scenario::text::{Place, Reader};
use crate::units::{SimTime, Span};

/// HostJoin: the host itself is read with the fleet.
pub(super) fn join(
    reader: &mut Reader,
    place: &Place,
    text: &HostJoinText,
    known: &Known<'_>,
) -> Option<ActionKind> {
    let invited = reader.or(place, ("invited", text.invited), false);
    let vetted = reader.or(place, ("vetted", text.vetted), false);
    let host = host(reader, place, text.host, known)?;
    Some(ActionKind::HostJoin { host, invited, vetted })
}

/// HostLeave.
pub(super) fn leave(
    reader: &mut Reader,
    place: &Place,
    text: &HostLeaveText,
    known: &Known<'_>,
) -> Option<ActionKind> {
    let notice = reader.or(place, ("notice", text.notice), Span::ZERO);
    let host = host(reader, place, text.host, known)?;
    Some(ActionKind::HostLeave { host, notice })
}

/// ScheduleMaintenance.
pub(super) fn maintenance(
    reader: &mut Reader,
    place: &Place,
    text: &MaintenanceText,
    known: &Known<'_>,
) -> Option<ActionKind> {
    let mut instant = |name, field| -> Option<SimTime> {
        let since_start: Span = reader.required(place, (name, field))?;
        Some(SimTime::from_micros(since_start.micros()))
    };
    let (start, end) = (instant("start", text.start), instant("end", text.end));
    let host = host(reader, place, text.host, known)?;
    Some(ActionKind::ScheduleMaintenance { host, start: start?, end: end? })
}
