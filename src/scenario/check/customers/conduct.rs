//! What the customers of a segment decide for themselves: deadlines, budgets, steps, switching.

use super::{Scene, bids, money};
use crate::rng::draw::Distribution;
use crate::scenario::check::distribution::{self, Quantity};
use crate::scenario::demand::conduct::{Cause, Conduct, Late, Progress, Reaction, Switching};
use crate::scenario::demand::{Buying, WhenFull};
use crate::scenario::own;
use crate::scenario::problem::Fault;
use crate::scenario::schema::conduct::{
    ChangeoverText, ConductText, ReactionText, ResumeStepText, RetryText, SwitchingText,
};
use crate::scenario::schema::demand::SegmentText;
use crate::scenario::text::scalar::{self, Amount};
use crate::scenario::text::{Field, Place, Reader};
use crate::units::{Share, Span};

/// What a step or a policy may hang on.
#[derive(Clone, Copy, Debug)]
pub(super) struct Job<'a> {
    /// How it buys.
    pub(super) buying: Buying,
    /// Whether its length and its value are known.
    pub(super) worth: bids::Worth<'a>,
    /// Whether it may come without a GPU.
    pub(super) may_lack_gpus: bool,
    /// What passes before a pod that is up again works.
    pub(super) restart: Span,
}

/// The conduct of the segment at `place`, if it states one.
pub(super) fn read(
    reader: &mut Reader,
    (place, text): (&Place, &SegmentText),
    job: Job<'_>,
    scene: &mut Scene<'_>,
) -> Option<Box<Conduct>> {
    if !text.conduct.is_stated() {
        return None;
    }
    let place = place.field("conduct");
    let text: ConductText = reader.shape(&place)?;
    let deadline = text
        .deadline
        .is_stated()
        .then(|| duration(reader, &place.field("deadline"), scene))
        .flatten();
    let budget = money::amount(reader, &place, ("budget", text.budget), scene);
    let exact_budget = money::exact(reader, &place.field("budget"), budget.as_ref());
    let (lists, list_of) = lists(reader, (&place, &text), job, scene);
    Some(Box::new(Conduct {
        deadline,
        budget,
        exact_budget,
        fades: fades(reader, &place, &text),
        late: reader.or(&place, ("late", text.late), Late::default()),
        progress: reader.or(&place, ("progress", text.progress), Progress::default()),
        lists,
        list_of,
        switching: switching(reader, (&place, &text), job, scene),
    }))
}

/// How long a job's value outlasts its deadline.
fn fades(reader: &mut Reader, place: &Place, text: &ConductText) -> Span {
    if text.fades.is_stated() && !text.deadline.is_stated() {
        let fault = Fault::new("no deadline from which the value falls", "a `deadline` beside it");
        reader.report(&place.field("fades"), fault);
    }
    reader.or(place, ("fades", text.fades), Span::ZERO)
}

fn duration(reader: &mut Reader, place: &Place, scene: &mut Scene<'_>) -> Option<Distribution> {
    distribution::read(reader, scene.files, place, Quantity::Duration)
}

/// The lists of steps, and which of them holds for each cause.
fn lists(
    reader: &mut Reader,
    (place, text): (&Place, &ConductText),
    job: Job<'_>,
    scene: &mut Scene<'_>,
) -> (Vec<Vec<Reaction>>, [Option<usize>; Cause::ALL.len()]) {
    let mut lists = Vec::new();
    let mut list = |reader: &mut Reader, name: &str, field: Field| {
        field.is_stated().then(|| {
            let at = place.field(name);
            let items = reader.items(&at, field);
            let steps = items.iter().filter_map(|item| reaction(reader, item, job, scene));
            lists.push(steps.collect());
            lists.len() - 1
        })
    };
    let refused = list(reader, "on_refused", text.on_refused);
    let list_of = [
        list(reader, "on_no_capacity", text.on_no_capacity).or(refused),
        list(reader, "on_bid_below_floor", text.on_bid_below_floor).or(refused),
        list(reader, "on_too_large", text.on_too_large).or(refused),
        list(reader, "on_no_funds", text.on_no_funds).or(refused),
        list(reader, "on_spending_limit", text.on_spending_limit).or(refused),
        list(reader, "on_abandoned", text.on_abandoned),
        list(reader, "on_outbid", text.on_outbid),
        list(reader, "on_stopped", text.on_stopped),
        refused,
    ];
    (lists, list_of)
}

fn reaction(
    reader: &mut Reader,
    place: &Place,
    job: Job<'_>,
    scene: &mut Scene<'_>,
) -> Option<Reaction> {
    Some(match reader.shape::<ReactionText>(place)? {
        ReactionText::Retry(text) => {
            let RetryText { after, times } = text;
            Reaction::Retry {
                after: delay(reader, place, after, scene),
                times: endless_wait(reader, place, (after, times), scene),
            }
        }
        ReactionText::RaiseBid(text) => {
            let times = if text.times.is_stated() {
                bids::factor(reader, &place.field("times"))?
            } else {
                Share::from_billionths(1_250_000_000)
            };
            Reaction::RaiseBid { times, cap: bids::cap(reader, place, text.cap) }
        }
        ReactionText::FewerGpus => Reaction::FewerGpus,
        ReactionText::OtherType(types) => {
            let is_stated = types.is_stated();
            let types = scene.types.find_all(reader, &place.inside());
            (is_stated && !types.is_empty())
                .then(|| Reaction::OtherType(scene.types.list(types)))?
        }
        ReactionText::OnDemand => Reaction::OnDemand,
        ReactionText::Spot(text) => {
            if job.may_lack_gpus {
                let expected = "no such step, as there may be no compute to bid for (POD-13)";
                reader.report(place, Fault::new("a bid without a GPU", expected));
            }
            Reaction::Spot(bids::rule(reader, place, &text, job.worth)?)
        }
        ReactionText::Resume(text) => {
            let ResumeStepText { after, patience, when_full, times } = text;
            Reaction::Resume {
                after: delay(reader, place, after, scene),
                patience: wait(reader, place, patience),
                moves: moves(reader, place, (when_full, patience)),
                times: endless_wait(reader, place, (after, times), scene),
            }
        }
        ReactionText::Deposit(text) => {
            let amount: Option<Amount> = reader.required(place, ("amount", text.amount));
            let Amount(amount) = amount?;
            let least = scene.rules.minimum_deposit;
            if amount < least {
                let expected = format!("at least the minimum deposit, {least} USD");
                let fault = Fault::new("deposit below the minimum (ACCT-02)", expected);
                reader.report(&place.field("amount"), fault);
            }
            Reaction::Deposit { amount, times: reader.or(place, ("times", text.times), 1) }
        }
        ReactionText::Leave => Reaction::Leave,
    })
}

fn delay(reader: &mut Reader, place: &Place, field: Field, scene: &mut Scene<'_>) -> Distribution {
    const AT_ONCE: Distribution = Distribution::Constant(0.0);
    if !field.is_stated() {
        return AT_ONCE;
    }
    duration(reader, &place.field("after"), scene).unwrap_or(AT_ONCE)
}

/// How often a step is taken: once, unless it says.
fn times(reader: &mut Reader, place: &Place, field: Field) -> Option<u32> {
    let at = place.field("times");
    if field.is_stated() && scalar::is_none(reader.sources.text(&at)) {
        return None;
    }
    Some(reader.or(place, ("times", field), 1))
}

/// The same of a step that may follow upon itself: not without end and without delay.
fn endless_wait(
    reader: &mut Reader,
    place: &Place,
    (after, field): (Field, Field),
    scene: &mut Scene<'_>,
) -> Option<u32> {
    let times = times(reader, place, field);
    if times.is_none() {
        let drawn = after.is_stated().then(|| duration(reader, &place.field("after"), scene));
        let drawn = drawn.flatten();
        if drawn.is_none_or(|after| after.bounds().0 < 1e-6) {
            let expected = "a delay `after` of at least a microsecond";
            reader.report(place, Fault::new("tries without end at one instant", expected));
        }
    }
    times
}

/// POD-12, POD-16. Whether a resume goes to another host if its own is full.
fn moves(reader: &mut Reader, place: &Place, (field, patience): (Field, Field)) -> bool {
    let Some(when_full) = reader.optional(place, ("when_full", field)) else { return false };
    let at = place.field("when_full");
    match when_full {
        WhenFull::ZeroGpu => {
            let expected =
                "refuse, wait or move: without a GPU its work would never be done (POD-13)";
            reader.report(&at, Fault::new("a resume to work on nothing", expected));
        }
        WhenFull::Wait if !patience.is_stated() => {
            reader.report(&at, Fault::new("a wait that ends at once", "a `patience` beside it"));
        }
        WhenFull::Refuse | WhenFull::Move if patience.is_stated() => {
            let expected = "`when_full: wait`, or no `patience` (POD-12)";
            reader.report(&at, Fault::new("patience without waiting", expected));
        }
        WhenFull::Refuse | WhenFull::Wait | WhenFull::Move => {}
    }
    when_full == WhenFull::Move
}

fn wait(reader: &mut Reader, place: &Place, field: Field) -> Span {
    let at = place.field("patience");
    if field.is_stated() && scalar::is_none(reader.sources.text(&at)) {
        return Span::FOREVER;
    }
    reader.or(place, ("patience", field), Span::ZERO)
}

fn switching(
    reader: &mut Reader,
    (place, text): (&Place, &ConductText),
    job: Job<'_>,
    scene: &Scene<'_>,
) -> Switching {
    if !text.switching.is_stated() {
        return Switching::Never;
    }
    let at = place.field("switching");
    let own = own::named(reader.sources.text(&at), &scene.own.switching, &Switching::NAMES);
    let switching = match own {
        Ok(Some(policy)) => Switching::Own(policy),
        Ok(None) => {
            built_in(reader, &at, scene.rules.grace + scene.rules.container_start + job.restart)
        }
        Err(fault) => {
            reader.report(&at, fault);
            return Switching::Never;
        }
    };
    if switching == Switching::Never {
        return switching;
    }
    if job.buying == Buying::OnDemand {
        let expected = "a segment that buys spot at first, `kind: spot(…)`";
        reader.report(&at, Fault::new("nothing to go to on demand from", expected));
    }
    if switching.runs_by_deadline() {
        if !text.deadline.is_stated() {
            reader.report(&at, Fault::new("no deadline to run by", "a `deadline` beside it"));
        }
        if !job.worth.ends {
            reader.report(&at, Fault::new("work without end", "a `duration` or `work` that ends"));
        }
    }
    switching
}

/// The built-in member that stands at `at`; `usual` is the changeover of one that states none.
fn built_in(reader: &mut Reader, at: &Place, usual: Span) -> Switching {
    let changeover = |reader: &mut Reader, text: &ChangeoverText| {
        let changeover = reader.or(at, ("changeover", text.changeover), usual.max(Span::SECOND));
        if changeover < Span::SECOND {
            // Without one, who is neither ahead nor behind would change at every instant.
            let fault = Fault::new("a changeover of no time", "at least a second");
            reader.report(&at.field("changeover"), fault);
        }
        changeover
    };
    match reader.shape(at) {
        None | Some(SwitchingText::Never) => Switching::Never,
        Some(SwitchingText::AfterLosses(text)) => {
            let losses: u32 = reader.required(at, ("losses", text.losses)).unwrap_or(1);
            if losses == 0 {
                let fault = Fault::new("no loss to wait for", "a whole number of at least 1");
                reader.report(&at.field("losses"), fault);
            }
            Switching::AfterLosses(losses)
        }
        Some(SwitchingText::Greedy(text)) => {
            Switching::Greedy { changeover: changeover(reader, &text) }
        }
        Some(SwitchingText::UniformProgress(text)) => {
            Switching::UniformProgress { changeover: changeover(reader, &text) }
        }
    }
}
