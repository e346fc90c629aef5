//! Providers who come and go (CLD-03, CLD-04, HOST-12, HOST-13).

use super::{Draft, Fleet, by_cloud, common_in, draft, failures, gpu_counts};
use crate::ids::{HostId, Id};
use crate::rng::draw::Distribution;
use crate::scenario::check::distribution::{self, Quantity};
use crate::scenario::check::list_prices;
use crate::scenario::check::types::Types;
use crate::scenario::load::{Files, Gathered};
use crate::scenario::model::{AskingChoice, Cloud, JoinsIf, MarketPrice, Supply};
use crate::scenario::own::{self, OwnPolicy};
use crate::scenario::problem::Fault;
use crate::scenario::rules::{CommunityJoins, CommunityPricing, HostFailures, Rules};
use crate::scenario::schema::prices::UtilizationText;
use crate::scenario::schema::supply::{AskingText, LeavesText, SupplyText};
use crate::scenario::text::scalar::{Amount, Factor, Part};
use crate::scenario::text::{Field, Named, Place, Reader};
use crate::units::{Money, Share, Span};

impl Fleet {
    /// All supplies. What they bring joins the drafts: hosts that are not there themselves.
    pub(super) fn read_supply(
        &mut self,
        reader: &mut Reader,
        gathered: &Gathered,
        (types, files): (&mut Types, &mut Files),
        rules: &Rules,
    ) {
        for place in &gathered.supply {
            let Some(text) = reader.shape::<SupplyText>(place) else {
                self.is_complete = false;
                continue;
            };
            let own = &gathered.own.asking;
            let supply = self.one(reader, (place, &text), (&mut *types, &mut *files), (rules, own));
            self.supply.extend(supply);
        }
    }

    fn one(
        &mut self,
        reader: &mut Reader,
        (place, text): (&Place, &SupplyText),
        (types, files): (&mut Types, &mut Files),
        (rules, own): (&Rules, &[OwnPolicy]),
    ) -> Option<Supply> {
        let name: Option<String> = reader.required(place, ("name", text.name));
        let patterns = self.patterns(reader, (place, text), (types, name.as_deref()), rules);
        let invitations = time(reader, files, place, ("invited_every", text.invited_every));
        if text.invited_every.is_stated() && rules.hosts.community_joins == CommunityJoins::Closed {
            let fault = Fault::new(
                "nobody joins under `community_joins: closed` (CLD-04)",
                "no `invited_every`, or another rule",
            );
            reader.report(&place.field("invited_every"), fault);
        }
        let at_start = reader.or(place, ("at_start", text.at_start), 0);
        if at_start == 0 && !text.invited_every.is_stated() {
            let fault =
                Fault::new("nobody is there and nobody comes", "`at_start` or `invited_every`");
            reader.report(place, fault);
        }
        let cost = match text.cost.is_stated() {
            true => distribution::read(reader, files, &place.field("cost"), Quantity::Dollars),
            false => {
                reader.missing(place, "cost");
                None
            }
        };
        let asking = match text.asks.is_stated() {
            true => asking(reader, files, &place.field("asks"), own),
            false => {
                reader.missing(place, "asks");
                None
            }
        };
        let Amount(price_step) = reader.or(
            place,
            ("price_step", text.price_step),
            Amount(Money::from_nanos(10_000_000)),
        );
        if price_step.is_zero() {
            let fault = Fault::new("no step at all", "a positive amount");
            reader.report(&place.field("price_step"), fault);
        }
        let share = Part(rules.spot_floor_share);
        let Part(min_bid_share) = reader.or(place, ("min_bid_share", text.min_bid_share), share);
        let review_every = review_every(reader, place, text, rules);
        let (lifetime, unprofitable_for, notice) = leaves(reader, files, place, text.leaves);
        Some(Supply {
            failures: self.failures_of_supply(reader, files, (place, text), rules),
            name: name?,
            patterns: patterns?,
            at_start,
            invitations,
            joins_if: reader.or(place, ("joins_if", text.joins_if), JoinsIf::ItPays),
            cost: cost?,
            asking: asking?,
            price_step,
            min_bid_share,
            review_every,
            lifetime,
            unprofitable_for,
            notice,
        })
    }

    /// What the providers bring, in turn.
    fn patterns(
        &mut self,
        reader: &mut Reader,
        (place, text): (&Place, &SupplyText),
        (types, name): (&mut Types, Option<&str>),
        rules: &Rules,
    ) -> Option<Vec<HostId>> {
        let group = text.group();
        let nowhere = (Cloud::Community, None, true);
        let common = common_in(reader, place, &group, nowhere, (&self.datacenters, rules));
        self.is_complete &= common.is_certain;
        let gpu_type: Option<String> = reader.required(place, ("gpu_type", text.gpu_type));
        let gpu_type = gpu_type.and_then(|_| types.find(reader, &place.field("gpu_type")));
        let (gpus, is_certain) = gpu_counts(reader, place, &group);
        self.is_complete &= is_certain && gpu_type.is_some();
        let (name, gpu_type) = (name?, gpu_type?);
        self.names.add(reader, name, self.drafts.len(), &place.field("name"));
        self.avoid_names_of(reader, place, name);
        let pattern = |gpus: u32| {
            let draft = draft(place, types, (name.to_owned(), gpu_type, gpus), &common);
            self.drafts.push(Draft { joins_later: true, ..draft });
            HostId::from_index(self.drafts.len() - 1)
        };
        Some(gpus.into_iter().map(pattern).collect())
    }

    /// No host of the scenario has a name that a provider's will get.
    fn avoid_names_of(&self, reader: &mut Reader, place: &Place, name: &str) {
        let is_ours = |other: &&str| {
            let number = other.strip_prefix(name).and_then(|rest| rest.strip_prefix('-'));
            number.is_some_and(|number| number.bytes().all(|byte| byte.is_ascii_digit()))
        };
        if let Some(other) = self.names.iter().find(is_ours) {
            let fault = Fault::new(
                format!("host `{other}` has a name that these get"),
                "a name with which no other host's begins",
            );
            reader.report(&place.field("name"), fault.found(name));
        }
    }

    /// As stated; else, where hosts fail by their cloud, as community hosts do (CLD-03).
    fn failures_of_supply(
        &self,
        reader: &mut Reader,
        files: &mut Files,
        (place, text): (&Place, &SupplyText),
        rules: &Rules,
    ) -> Vec<crate::scenario::model::Failures> {
        let stated =
            failures::read(reader, files, place, (text.power_failures, text.network_failures));
        if stated.iter().any(|failures| failures.together) {
            let fault = Fault::new(
                "providers have nothing in common that fails",
                "no `together` in a supply",
            );
            reader.report(place, fault);
        }
        if stated.is_empty() && rules.hosts.host_failures == HostFailures::ByCloud {
            return by_cloud::of_community(&rules.hosts).into();
        }
        stated
    }
}

/// HOST-13. No more often than hosts may set their price.
fn review_every(reader: &mut Reader, place: &Place, text: &SupplyText, rules: &Rules) -> Span {
    let every: Span = reader.or(place, ("review_every", text.review_every), Span::DAY * 7);
    let least = match rules.community_pricing {
        CommunityPricing::Host => rules.host_price_interval.max(Span::from_micros(1)),
        CommunityPricing::Platform => Span::from_micros(1),
    };
    if every < least {
        let expected = format!("at least `host_price_interval`, which is {least} s (HOST-13)");
        let fault = Fault::new("reviews follow one another too fast", expected);
        reader.report(&place.field("review_every"), fault);
        return Span::DAY * 7;
    }
    every
}

/// A time of which some passes, if it is stated.
fn time(
    reader: &mut Reader,
    files: &mut Files,
    place: &Place,
    (name, field): Named<'_>,
) -> Option<Distribution> {
    let place = field.is_stated().then(|| place.field(name))?;
    distribution::some_time(reader, files, &place)
}

/// How long they stay at most, for how long they bear with losses, how early they say that they leave.
fn leaves(
    reader: &mut Reader,
    files: &mut Files,
    place: &Place,
    field: Field,
) -> (Option<Distribution>, Option<Span>, Span) {
    let place = place.field("leaves");
    let text: Option<LeavesText> = if field.is_stated() { reader.shape(&place) } else { None };
    let Some(text) = text else { return (None, None, Span::ZERO) };
    (
        time(reader, files, &place, ("lifetime", text.lifetime)),
        reader.optional(&place, ("unprofitable_for", text.unprofitable_for)),
        reader.or(&place, ("notice", text.notice), Span::ZERO),
    )
}

fn asking(
    reader: &mut Reader,
    files: &mut Files,
    place: &Place,
    own: &[OwnPolicy],
) -> Option<AskingChoice> {
    match own::named(reader.sources.text(place), own, &AskingChoice::ALL) {
        Ok(Some(policy)) => return Some(AskingChoice::Own(policy)),
        Ok(None) => {}
        Err(fault) => {
            reader.report(place, fault);
            return None;
        }
    }
    let one = Factor(Share::ONE);
    match reader.shape::<AskingText>(place)? {
        AskingText::Fixed(stated) => {
            assert!(stated.is_stated(), "a variant that is there holds something");
            let at = reader.inside(place);
            distribution::read(reader, files, &at, Quantity::Dollars).map(AskingChoice::Fixed)
        }
        AskingText::FollowMarket(text) => {
            let of: MarketPrice = reader.or(place, ("of", text.of), MarketPrice::Median);
            let Factor(factor) = reader.or(place, ("factor", text.factor), one);
            Some(AskingChoice::FollowMarket { of, factor })
        }
        AskingText::MatchUtilization(text) => {
            let interval = Field::default();
            let (target, gain) = (text.target, text.gain);
            let (floor_share, cap_share) = (text.floor_share, text.cap_share);
            let rule = UtilizationText { interval, target, gain, floor_share, cap_share };
            let terms = list_prices::utilization(reader, place, &rule)?;
            Some(AskingChoice::MatchUtilization(terms))
        }
        AskingText::CostPlus(text) => {
            let margin: Option<Factor> = reader.required(place, ("margin", text.margin));
            margin.map(|Factor(margin)| AskingChoice::CostPlus { margin })
        }
    }
}
