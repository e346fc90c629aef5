//! Savings plans (PLAN-01 to PLAN-08).

use super::biller::Biller;
use super::meter::Cover;
use super::script::Buy;
use super::state::State;
use crate::outcome::Row;
use walras::journal::fact::{Item, Operation, Refusal};
use walras::units::Span;

/// What a pod would pay: the price per GPU-hour, and how many GPUs plans would cover.
pub(crate) type Offer = (i128, u32);

/// A plan, over or not.
pub(crate) struct Plan {
    account: usize,
    /// The GPU type.
    kind: usize,
    gpus: u32,
    price: i128,
    paid: i128,
    bought: u64,
    pub(crate) ends: u64,
    pub(crate) over: bool,
    posted_minutes: u64,
    earned: i128,
}

impl Biller<'_> {
    /// PLAN-04. GPUs of a pod that plans cover.
    pub(crate) fn covered(&self, pod: usize) -> u32 {
        self.pod(pod).places.iter().map(|(_, gpus)| gpus).sum()
    }
    /// PLAN-04. Places of a plan that no pod has.
    fn free_places(&self, plan: usize) -> u32 {
        let pods = self.pods.iter().flatten();
        let taken = pods.flat_map(|pod| &pod.places).filter(|(of, _)| *of == plan);
        self.plans[plan].gpus - taken.map(|(_, gpus)| gpus).sum::<u32>()
    }
    /// The account's plans of a GPU type that are not over, the oldest first.
    fn plans_of(&self, account: usize, kind: usize) -> Vec<usize> {
        let is = |plan: &Plan| !plan.over && plan.account == account && plan.kind == kind;
        (0..self.plans.len()).filter(|plan| is(&self.plans[*plan])).collect()
    }
    /// How many of its GPUs would be covered, were it placed now.
    pub(crate) fn would_cover(&self, pod: usize, kind: usize) -> u32 {
        let asks = self.pod(pod);
        if asks.bid.is_some() {
            return 0;
        }
        let plans = self.plans_of(asks.account, kind).into_iter();
        plans.map(|plan| self.free_places(plan)).sum::<u32>().min(asks.gpus)
    }
    /// What compute would cost per hour.
    pub(crate) fn cost(&self, pod: usize, (price, covered): Offer) -> i128 {
        price * i128::from(self.pod(pod).gpus + self.pod(pod).slots() - covered)
    }

    /// PLAN-04. It is placed on demand.
    pub(crate) fn cover_placed(&mut self, pod: usize) {
        if self.pod(pod).bid.is_some() {
            return;
        }
        let kind = self.host_of(pod).kind;
        let mut left = self.pod(pod).gpus;
        for plan in self.plans_of(self.pod(pod).account, kind) {
            let gpus = self.free_places(plan).min(left);
            if gpus > 0 {
                self.pod_mut(pod).places.push((plan, gpus));
                left -= gpus;
                self.turn(pod, "covered");
            }
        }
    }
    /// Its compute begins to be counted, without what is covered.
    pub(crate) fn open_covers(&mut self, pod: usize) {
        let places = self.pod(pod).places.clone();
        let covers = places.into_iter().map(|(plan, gpus)| self.cover(plan, gpus)).collect();
        if let Some(compute) = &mut self.pod_mut(pod).compute {
            compute.covers = covers;
        }
    }
    fn cover(&self, plan: usize, gpus: u32) -> Cover {
        Cover {
            plan,
            price: self.plans[plan].price,
            places: gpus,
            gpus,
            of_unit: 0,
            units: 0,
            posted_units: 0,
            posted: 0,
            paid_out: 0,
        }
    }

    pub(crate) fn buy_plan(&mut self, buy: &Buy) {
        if let Err(reason) = self.try_to_buy(buy) {
            let account = &self.script.accounts[buy.account].name;
            let subject = buy.pod.map_or(account, |pod| &self.script.pods[pod]).clone();
            self.reject(Operation::BuySavingsPlan, &subject, reason);
        }
    }
    fn try_to_buy(&mut self, buy: &Buy) -> Result<(), Refusal> {
        let kind = self.hosts[buy.host].kind;
        if let Some(pod) = buy.pod {
            match &self.pods[pod] {
                Some(named) if named.account != buy.account => return Err(Refusal::Unknown),
                _ => {}
            }
            let live = |state| !matches!(state, State::Terminated | State::Refused);
            self.state_allows(pod, live)?;
        }
        let discount = self.rules.plan_discounts.iter();
        let discount = discount.clone().find(|(term, _)| term.micros() == buy.term);
        let Some((_, discount)) = discount else { return Err(Refusal::BadArgument) };
        let discount = walras::units::Money::parse(&discount.to_string()).expect("a share").nanos();
        let list_price = self.hosts[buy.host].price;
        let price = (list_price * (1_000_000_000 - discount)).div_euclid(1_000_000_000);
        if list_price == 0 || buy.gpus == 0 {
            return Err(Refusal::BadArgument);
        }
        let mut taken = 0;
        if let Some(pod) = buy.pod {
            let named = self.pod(pod);
            let fits = named.holds() && named.bid.is_none() && named.gpus > 0;
            if !fits || self.host_of(pod).kind != kind {
                return Err(Refusal::BadArgument);
            }
            taken = buy.gpus.min(named.gpus - self.covered(pod));
        }
        let hours = i128::from(buy.term / Span::HOUR.micros());
        let paid = price * i128::from(buy.gpus) * hours;
        if !self.affords_plan(buy, paid, taken) {
            return Err(Refusal::NoFunds);
        }
        if let Some(pod) = buy.pod.filter(|_| taken > 0) {
            self.settle_meter(pod, Item::Compute);
            self.post_all();
        }
        self.book_plan(buy, (kind, price, paid));
        if let Some(pod) = buy.pod.filter(|_| taken > 0) {
            let plan = self.plans.len() - 1;
            self.turn(pod, "named");
            self.pod_mut(pod).places.push((plan, taken));
            let cover = self.cover(plan, taken);
            if let Some(compute) = &mut self.pod_mut(pod).compute {
                compute.covers.push(cover);
                compute.terms.1 -= taken;
            }
        }
        Ok(())
    }
    /// BILL-06. R10 with the plan is less by what it covers.
    fn affords_plan(&self, buy: &Buy, paid: i128, taken: u32) -> bool {
        if self.accounts[buy.account].drained.is_some() {
            return false;
        }
        let mut line = self.line_of(buy.account);
        if let Some(compute) = buy.pod.and_then(|pod| self.pod(pod).compute.as_ref())
            && !compute.paused()
        {
            let (price, quantity) = compute.terms;
            let reserve = i128::from(self.rules.low_funds_reserve.micros());
            let hour = i128::from(Span::HOUR.micros());
            let of = |gpus: u32| (price * i128::from(gpus) * reserve).div_euclid(hour);
            line -= of(quantity) - of(quantity - taken);
        }
        line + paid <= self.funds(buy.account)
    }
    fn book_plan(&mut self, buy: &Buy, (kind, price, paid): (usize, i128, i128)) {
        let plan = self.plans.len();
        self.plans.push(Plan {
            account: buy.account,
            kind,
            gpus: buy.gpus,
            price,
            paid,
            bought: self.now,
            ends: self.now + buy.term,
            over: false,
            posted_minutes: 0,
            earned: 0,
        });
        if paid == 0 {
            return;
        }
        let name = self.script.accounts[buy.account].name.clone();
        self.accounts[buy.account].ledger -= paid;
        self.out.rows.push(Row {
            at: self.now,
            account: name.clone(),
            item: Item::SavingsPlan,
            subject: format!("plan-{}", plan + 1),
            quantity: None,
            periods: None,
            debit: format!("customer/{name}"),
            credit: format!("prepaid/plan-{}", plan + 1),
            amount: paid,
            balance: Some(self.accounts[buy.account].ledger),
        });
    }

    /// PLAN-03, PLAN-06. The plan is over: from the next unit on its pods pay today's price.
    pub(crate) fn expire(&mut self, plan: usize) {
        let before = self.r10_of_all();
        for pod in self.pods_by_id() {
            if !self.pod(pod).places.iter().any(|(of, _)| *of == plan) {
                continue;
            }
            self.turn(pod, "plan over");
            self.settle_meter(pod, Item::Compute);
            let price = self.host_of(pod).price;
            let ending = self.pod_mut(pod);
            ending.places.retain(|(of, _)| *of != plan);
            ending.price = price;
            let paying = ending.gpus - ending.places.iter().map(|(_, gpus)| gpus).sum::<u32>();
            if let Some(compute) = &mut ending.compute {
                compute.terms = (price, paying);
                let of_plan = compute.covers.iter_mut().filter(|cover| cover.plan == plan);
                of_plan.for_each(|cover| cover.gpus = 0);
            }
        }
        self.mark_rises(&before);
        self.post_all();
        self.earn(plan);
        self.plans[plan].over = true;
    }
    /// GEN-09. At a settlement.
    pub(crate) fn earn_all(&mut self, account: usize) {
        for plan in 0..self.plans.len() {
            if self.plans[plan].account == account && !self.plans[plan].over {
                self.earn(plan);
            }
        }
    }
    /// PLAN-08. Minute by minute, evenly.
    fn earn(&mut self, index: usize) {
        let plan = &mut self.plans[index];
        let minute = Span::MINUTE.micros();
        let minutes = (self.now.min(plan.ends) - plan.bought) / minute;
        let all = i128::from((plan.ends - plan.bought) / minute);
        let earned = (plan.paid * i128::from(minutes)).div_euclid(all);
        let amount = earned - plan.earned;
        if amount == 0 {
            return;
        }
        let periods = i64::try_from(minutes - plan.posted_minutes).expect("few minutes");
        (plan.earned, plan.posted_minutes) = (earned, minutes);
        let (name, quantity) = (format!("plan-{}", index + 1), plan.gpus);
        self.out.rows.push(Row {
            at: self.now,
            account: String::new(),
            item: Item::SavingsPlan,
            debit: format!("prepaid/{name}"),
            subject: name,
            quantity: Some(quantity),
            periods: Some(periods),
            credit: "revenue".to_owned(),
            amount,
            balance: None,
        });
    }
}
