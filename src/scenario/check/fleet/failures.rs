//! How the hosts of a group fail at random (HOST-03, HOST-04).

use crate::scenario::check::distribution::{self, Quantity};
use crate::scenario::load::Files;
use crate::scenario::model::{Failures, Loss};
use crate::scenario::problem::Fault;
use crate::scenario::schema::fleet::{FailuresText, GroupText};
use crate::scenario::text::{Place, Reader};

/// The losses that come to the group's hosts, which are not known yet.
pub(super) fn read(
    reader: &mut Reader,
    files: &mut Files,
    place: &Place,
    text: &GroupText,
) -> Vec<Failures> {
    let stated = [
        (Loss::Power, "power_failures", text.power_failures),
        (Loss::Network, "network_failures", text.network_failures),
    ];
    let mut all = Vec::new();
    for (loss, name, field) in stated {
        if !field.is_stated() {
            continue;
        }
        let causes = reader.one_or_more(&place.field(name), "cause of failures");
        for (number, cause) in (0..).zip(&causes) {
            all.extend(one(reader, files, cause, (loss, number)));
        }
    }
    all
}

fn one(
    reader: &mut Reader,
    files: &mut Files,
    place: &Place,
    (loss, number): (Loss, u32),
) -> Option<Failures> {
    let text: FailuresText = reader.shape(place)?;
    let mut time = |name: &str, is_stated: bool| {
        if !is_stated {
            reader.missing(place, name);
            return None;
        }
        let place = place.field(name);
        let drawn = distribution::read(reader, files, &place, Quantity::Duration)?;
        if drawn.bounds().1 <= 0.0 {
            let fault = Fault::new("no time at all", "a duration above 0, or a distribution");
            reader.report(&place, fault);
            return None;
        }
        Some(drawn)
    };
    let time_to_failure = time("time_to_failure", text.time_to_failure.is_stated());
    let time_to_repair = time("time_to_repair", text.time_to_repair.is_stated());
    Some(Failures {
        loss,
        hosts: 0..0,
        together: reader.or(place, ("together", text.together), false),
        number,
        time_to_failure: time_to_failure?,
        time_to_repair: time_to_repair?,
    })
}
