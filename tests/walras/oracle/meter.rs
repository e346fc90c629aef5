//! One meter, unit by unit (GEN-05 to GEN-08, BILL-17).

use walras::journal::fact::Item;
use walras::scenario::rules::Rounding;

/// Price in nano-dollars per period and per GPU or GB, and the quantity.
pub(crate) type Terms = (i128, u32);

/// GEN-08. Consecutive units of one price and quantity.
#[derive(Clone, Debug)]
pub(crate) struct Stretch {
    pub(crate) terms: Terms,
    /// Units counted so far.
    pub(crate) units: u64,
    /// Units that its pause posts, though the same step then waives some.
    pub(crate) as_paused: Option<u64>,
    /// Units that rows have posted.
    pub(crate) posted_units: u64,
    /// Money that rows have posted.
    pub(crate) posted: i128,
}

/// What does not change in a meter's life.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Kind {
    pub(crate) item: Item,
    pub(crate) rounding: Rounding,
    /// The unit, in microseconds.
    pub(crate) unit: u64,
    /// The price's period, in microseconds.
    pub(crate) period: u64,
    /// BILL-17. Units that the first one brings with it, itself included.
    pub(crate) minimum: u64,
}

/// PLAN-08. GPUs that a plan covers, and what their host earns by it.
#[derive(Clone, Debug)]
pub(crate) struct Cover {
    pub(crate) plan: usize,
    /// The plan's, per GPU and hour.
    pub(crate) price: i128,
    /// How many were covered when it began.
    pub(crate) places: u32,
    /// How many are in force now, for the next unit; and in the unit that began last.
    pub(crate) gpus: u32,
    pub(crate) of_unit: u32,
    /// Units counted, and those of them that rows have posted.
    pub(crate) units: u64,
    pub(crate) posted_units: u64,
    pub(crate) posted: i128,
    pub(crate) paid_out: i128,
}

#[derive(Clone, Debug)]
pub(crate) struct Meter {
    pub(crate) kind: Kind,
    /// In force now; a unit takes them when it begins.
    pub(crate) terms: Terms,
    /// Whether its host is unavailable.
    pub(crate) out: bool,
    /// Whether the draining of its account paused it.
    pub(crate) held: bool,
    /// BILL-14. It takes the next return of its host as new anchor.
    pub(crate) anchors_at_return: bool,
    pub(crate) closed: bool,
    /// Open time since the anchor, up to `since` if it runs.
    open: u64,
    /// Since when it runs; none: paused or closed.
    since: Option<u64>,
    /// Units begun since the anchor.
    pub(crate) begun: u64,
    /// Units charged since the anchor; under `completed` one less than begun while a unit lasts.
    pub(crate) charged: u64,
    /// The terms of the unit that began last.
    pub(crate) unit_terms: Terms,
    /// When it paused at the end of a unit.
    ended: Option<u64>,
    /// Units that lasted out before the present anchor.
    lasted: u64,
    /// When a unit ended that was not charged before a new anchor was taken.
    due: Option<u64>,
    /// Whether a unit at other terms has begun since the last stretch, counted or not.
    pub(crate) parted: bool,
    /// When its last unit began (`started`), and what it cost.
    last: Option<(u64, i128)>,
    /// Units charged in its life.
    counted: u64,
    pub(crate) stretches: Vec<Stretch>,
    /// PLAN-05. GPUs beside those that it counts, which plans cover.
    pub(crate) covers: Vec<Cover>,
    pub(crate) posted: i128,
    pub(crate) paid_out: i128,
}

impl Meter {
    pub(crate) fn new(kind: Kind, terms: Terms, now: u64) -> Self {
        Self {
            kind,
            terms,
            out: false,
            held: false,
            anchors_at_return: false,
            closed: false,
            open: 0,
            since: Some(now),
            begun: 0,
            charged: 0,
            unit_terms: terms,
            ended: None,
            lasted: 0,
            due: None,
            parted: false,
            last: None,
            counted: 0,
            stretches: Vec::new(),
            covers: Vec::new(),
            posted: 0,
            paid_out: 0,
        }
    }

    fn open_time(&self, now: u64) -> u64 {
        self.open + self.since.map_or(0, |since| now - since)
    }
    /// Whether it is open, not paused, and a unit would begin now.
    pub(crate) fn begins(&self, now: u64) -> bool {
        self.since.is_some() && self.open_time(now) == self.begun * self.kind.unit
    }
    pub(crate) fn paused(&self) -> bool {
        self.since.is_none()
    }
    /// When its next unit begins if nothing happens.
    pub(crate) fn next(&self) -> Option<u64> {
        self.since.map(|since| since + self.begun * self.kind.unit - self.open)
    }
    /// Under `completed`: whether a unit ends now that has not been charged.
    pub(crate) fn ends(&self, now: u64) -> bool {
        let comes_to_its_end = self.kind.rounding == Rounding::Completed
            && self.open_time(now) == self.begun * self.kind.unit
            && self.charged < self.begun;
        comes_to_its_end || self.due == Some(now)
    }
    /// Lets a unit that ends now go uncharged.
    pub(crate) fn forgive(&mut self, now: u64) {
        if self.ends(now) {
            self.charged = self.begun;
            self.due = None;
        }
    }
    /// Charges the unit that ends now, if one does.
    pub(crate) fn charge_ending(&mut self, now: u64) {
        if self.ends(now) {
            self.count(self.unit_terms);
            self.forgive(now);
        }
    }

    /// Whether it has come to the end of a unit now, be it as it paused.
    pub(crate) fn has_ended_unit(&self, now: u64) -> bool {
        let runs = self.since.is_some_and(|since| since < now);
        let ended = self.ended == Some(now) || (runs && self.begins(now) && self.begun > 0);
        ended && !self.closed
    }

    /// Stops the clock.
    fn halt(&mut self, now: u64) {
        if self.since.is_some_and(|since| since < now) && self.begins(now) {
            self.ended = Some(now);
        }
        self.open = self.open_time(now);
        self.since = None;
    }
    fn run(&mut self, now: u64) {
        if !self.out && !self.held && !self.closed && self.since.is_none() {
            self.since = Some(now);
        }
    }
    /// Takes now as new anchor; its stretches go on. A unit that ends now is whole, and not forfeited.
    fn anchor(&mut self, now: u64) {
        self.due = self.ends(now).then_some(now);
        self.lasted += self.open_time(now) / self.kind.unit;
        self.open = 0;
        self.begun = 0;
        self.charged = 0;
        self.since = self.since.map(|_| now);
    }
    pub(crate) fn close(&mut self, now: u64) {
        self.halt(now);
        self.closed = true;
    }
    /// Its host is not available any more.
    pub(crate) fn go_out(&mut self, now: u64) {
        self.halt(now);
        self.out = true;
    }
    /// BILL-15. Its host is back.
    pub(crate) fn come_back(&mut self, now: u64, forfeited: bool) {
        self.out = false;
        if forfeited || self.anchors_at_return {
            self.anchor(now);
            self.anchors_at_return = false;
        }
        self.run(now);
    }
    /// BILL-12. Its account is drained.
    pub(crate) fn hold(&mut self, now: u64) {
        self.halt(now);
        self.held = true;
    }
    /// BILL-14. Its account is drained no longer.
    pub(crate) fn release(&mut self, now: u64) {
        if !self.held {
            return;
        }
        self.held = false;
        self.anchor(now);
        self.anchors_at_return = self.out;
        self.run(now);
    }

    /// Units that the next one to be counted adds (BILL-17).
    fn weight(&self) -> u64 {
        match self.counted {
            0 => self.kind.minimum.max(1),
            counted if counted < self.kind.minimum => 0,
            _ => 1,
        }
    }
    /// Counts one more unit at `terms` and says what it costs.
    pub(crate) fn count(&mut self, terms: Terms) -> i128 {
        let before = self.owed();
        let weight = self.weight();
        self.counted += 1;
        for cover in &mut self.covers {
            let gpus = match self.kind.rounding {
                Rounding::Started => cover.gpus,
                Rounding::Completed => cover.of_unit,
            };
            cover.units += if gpus > 0 { weight } else { 0 };
        }
        if weight > 0 {
            match self.stretches.last_mut() {
                Some(last) if last.terms == terms && !self.parted => last.units += weight,
                _ => self.stretches.push(Stretch {
                    terms,
                    units: weight,
                    as_paused: None,
                    posted_units: 0,
                    posted: 0,
                }),
            }
        }
        self.parted = false;
        self.owed() - before
    }
    /// BILL-05. A closed meter owes the units that lasted out, or none at all. What it owed until now is
    /// posted first where it has just paused.
    pub(crate) fn waive(&mut self, all: bool) {
        let mut left = match self.kind.rounding {
            _ if all => 0,
            Rounding::Started => self.lasted + self.open / self.kind.unit,
            Rounding::Completed => self.counted,
        };
        for stretch in &mut self.stretches {
            stretch.as_paused = self.out.then_some(stretch.units);
            stretch.units = stretch.units.min(left);
            left -= stretch.units;
        }
    }
    /// Under `started`: counts the unit that begins now.
    pub(crate) fn count_beginning(&mut self, now: u64, terms: Terms) {
        self.last = Some((now, self.count(terms)));
    }
    /// What its unit cost that has begun at this instant and is counted.
    pub(crate) fn beginning(&self, now: u64) -> i128 {
        self.last.filter(|(at, _)| *at == now).map_or(0, |(_, cost)| cost)
    }
    /// What one more unit at `terms` would cost.
    pub(crate) fn cost(&self, terms: Terms) -> i128 {
        self.clone().count(terms)
    }
    /// What the unit that ends now costs; nothing if none does.
    pub(crate) fn ending_cost(&self, now: u64) -> i128 {
        if self.ends(now) { self.cost(self.unit_terms) } else { 0 }
    }

    /// GEN-05, of one stretch.
    pub(crate) fn owed_by(&self, stretch: &Stretch) -> i128 {
        let (price, quantity) = stretch.terms;
        // NVOL-02. What a network volume costs is no multiple of its size.
        let quantity = if self.kind.item == Item::NetworkVolume { 1 } else { quantity };
        let units_per_period = i128::from(self.kind.period / self.kind.unit);
        (price * i128::from(quantity) * i128::from(stretch.units)).div_euclid(units_per_period)
    }
    /// GEN-05, PLAN-08. What covered GPUs would owe at their plan's price.
    pub(crate) fn owed_by_cover(&self, cover: &Cover) -> i128 {
        let units_per_period = i128::from(self.kind.period / self.kind.unit);
        let quantity = i128::from(cover.places) * i128::from(cover.units);
        (cover.price * quantity).div_euclid(units_per_period)
    }
    /// All that it owes.
    pub(crate) fn owed(&self) -> i128 {
        self.stretches.iter().map(|stretch| self.owed_by(stretch)).sum()
    }
    /// What it owes and has not posted.
    pub(crate) fn unposted(&self) -> i128 {
        self.owed() - self.posted
    }
}
