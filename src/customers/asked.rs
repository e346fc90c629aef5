//! What an arrival asks for, where a template says a part of it (TMPL-01, TMPL-02).

use crate::journal::fact::{Operation, PodName, Refusal};
use crate::market::template;
use crate::scenario::demand::{Arrival, Buying, Demand};
use crate::scenario::model::{Command, FromTemplate, Image};
use crate::turn::Turn;
use crate::world::templates::Origin;

/// What a customer asks for, with what its template says at the time.
pub(super) struct Asked {
    /// What it needs.
    pub(super) demand: Demand,
    /// Its image.
    pub(super) image: Image,
    /// What its command does.
    pub(super) command: Command,
    /// Where it stands what its container is started with.
    pub(super) origin: Option<Origin>,
}

/// TMPL-01, TMPL-02. What an arrival asks for; none where its template is no longer for everybody: then it
/// is refused.
#[inline(always)] // on the way of every pod
pub(super) fn asked(turn: &mut Turn<'_, '_>, arrival: &Arrival) -> Option<Asked> {
    let Arrival { demand, image, .. } = *arrival;
    let asked = Asked { demand, image, command: Command::Ok, origin: None };
    match arrival.template {
        None => Some(asked),
        Some(from) => from_template(turn, arrival, (from, asked)),
    }
}

#[cold]
fn from_template(
    turn: &mut Turn<'_, '_>,
    arrival: &Arrival,
    (from, mut asked): (FromTemplate, Asked),
) -> Option<Asked> {
    let fields = (&mut asked.demand, &mut asked.image, &mut asked.command);
    let version = template::fill_in(turn, (arrival.account, from), fields);
    if version.is_none() {
        let operation = match arrival.buying {
            Buying::OnDemand => Operation::CreatePod,
            Buying::Spot(_) => Operation::CreateSpotPod,
        };
        let name = PodName::Generated(turn.world.generated);
        turn.reject_named(arrival.account, operation, name, Refusal::Unknown);
        return None;
    }
    Some(Asked { origin: Some(Origin { version, action: None }), ..asked })
}
