//! The spot price that a pod follows: told where it moves, and in one line where it moves often.

use super::known::Known;
use super::story::Lines;
use super::when::counted;
use crate::ids::{PodId, ScopeId};
use crate::journal::Fact;
use crate::journal::fact::{Kind, Quote};
use crate::units::{Money, SimTime};

/// Moves of a rental that are told one by one.
const TOLD: u32 = 6;

/// What a rental has paid so far.
#[derive(Clone, Debug, Default)]
pub(super) struct Follows {
    /// The scope whose price it follows, and that price.
    followed: Option<(ScopeId, Money)>,
    moves: u32,
    /// The least and the greatest of those that are not told one by one.
    untold: Option<(Money, Money)>,
}

impl Follows {
    /// Takes in what a fact says of the price of `pod`.
    #[expect(clippy::wildcard_enum_match_arm, reason = "no other fact moves its price")]
    pub(super) fn hear(
        &mut self,
        (at, fact): (SimTime, &Fact),
        (pod, known): (PodId, &Known<'_>),
        lines: &mut Lines,
    ) {
        match *fact {
            Fact::PodPlaced { pod: placed, host, gpus, price, .. } if placed == pod => {
                let rental = known.rentals.of(pod);
                let is_spot = matches!(rental.asked.kind, Kind::Spot { .. }) && 0 < gpus;
                let follows = is_spot && known.names.scenario.spot_moves();
                *self = Self::default();
                self.followed = follows.then(|| (known.names.scope(host), price));
            }
            Fact::PricePublished { scope, quote: Quote { spot_price: Some(price), .. } } => {
                self.moves_to(at, (scope, price), lines);
            }
            Fact::PodDisplaced { pod: of, .. } if of == pod => self.end(at, lines),
            Fact::RentalEnded(ref end) if end.pod == pod => self.end(at, lines),
            _ => {}
        }
    }
    fn moves_to(&mut self, at: SimTime, (scope, price): (ScopeId, Money), lines: &mut Lines) {
        let Some((followed, before)) = &mut self.followed else { return };
        if *followed != scope || *before == price {
            return;
        }
        *before = price;
        self.moves += 1;
        if self.moves <= TOLD {
            lines.say(
                at,
                format!(
                    "spot there costs {price} USD per GPU-hour, from its next unit on (SPOT-15)"
                ),
            );
            return;
        }
        let (least, most) = self.untold.unwrap_or((price, price));
        self.untold = Some((least.min(price), most.max(price)));
    }
    /// It keeps the price that it has.
    fn end(&mut self, at: SimTime, lines: &mut Lines) {
        self.followed = None;
        if let Some((least, most)) = self.untold.take() {
            let more = counted(u64::from(self.moves - TOLD), "more time");
            lines.say(
                at,
                format!(
                    "the spot price there has moved {more} since, between {least} and {most} USD"
                ),
            );
        }
    }
}
