//! Savings plans: their places, and which pods have them (PLAN-01 to PLAN-08).
//!
//! Most markets have no plan at all, and then there is no such table. Live plans stand by id, which is the
//! order of purchase; an account's plans of one scope with free places are found without a walk over all
//! that it has bought.

use crate::billing::Row;
use crate::billing::cover::Cover;
use crate::ids::{AccountId, Id, PlanId, PodId, ScopeId};
use crate::units::{Money, Price, Share, SimTime, Span};
use crate::world::World;
use std::collections::{BTreeMap, BTreeSet};

/// A savings plan that has not ended.
#[derive(Clone, Debug)]
pub struct Plan {
    /// Whose.
    pub account: AccountId,
    /// PLAN-01. Of which GPUs.
    pub scope: ScopeId,
    /// Its places.
    pub gpus: u32,
    /// PLAN-01. The price per GPU-hour that was fixed at the purchase.
    pub price: Money,
    /// PLAN-02. What was paid for it.
    pub paid: Money,
    /// PLAN-03. From when.
    pub bought: SimTime,
    /// PLAN-03. Until when.
    pub ends: SimTime,
    /// PLAN-08. Whole minutes that have been earned and posted.
    pub minutes_posted: u64,
    /// PLAN-08. What of the price has been posted as revenue.
    pub earned: Money,
    /// PLAN-04. Places that no pod has.
    pub free: u32,
    /// The pods that have the others.
    pub holders: BTreeSet<PodId>,
}

impl Plan {
    /// One that is bought `now`: whose and of what, GPUs and price, what is paid and until when.
    pub fn bought(
        now: SimTime,
        (account, scope): (AccountId, ScopeId),
        (gpus, price): (u32, Money),
        (paid, ends): (Money, SimTime),
    ) -> Self {
        Self {
            account,
            scope,
            gpus,
            price,
            paid,
            bought: now,
            ends,
            minutes_posted: 0,
            earned: Money::ZERO,
            free: gpus,
            holders: BTreeSet::new(),
        }
    }
    fn of(&self) -> (AccountId, ScopeId) {
        (self.account, self.scope)
    }
    /// Its term.
    pub fn term(&self) -> Span {
        self.ends - self.bought
    }
    /// PLAN-08. What is earned once so many whole minutes are over: `floor(price × n / minutes)`.
    pub fn earned_after(&self, minutes: u64) -> Money {
        let whole = i128::from(self.minutes());
        let minutes = i128::from(minutes).min(whole);
        Money::from_nanos((self.paid.nanos() * minutes).div_euclid(whole))
    }
    /// Whole minutes that are over by now.
    pub fn minutes_by(&self, now: SimTime) -> u64 {
        ((now - self.bought).micros() / Span::MINUTE.micros()).min(self.minutes())
    }
    fn minutes(&self) -> u64 {
        self.term().micros() / Span::MINUTE.micros()
    }
}

/// Places of one plan that one pod has, or had in its present rental.
#[derive(Clone, Debug)]
pub struct Covered {
    /// The plan, which may have ended.
    pub plan: PlanId,
    /// Whether the pod was named at the purchase.
    pub named: bool,
    /// What its host earns by it.
    pub cover: Cover,
}

/// All that is known of plans.
#[derive(Clone, Debug, Default)]
pub struct Plans {
    /// Those that have not ended.
    pub live: BTreeMap<PlanId, Plan>,
    /// Plans bought so far.
    pub bought: usize,
    /// Those of an account that have not ended, the oldest first.
    pub by_account: BTreeMap<AccountId, BTreeSet<PlanId>>,
    /// Of an account and scope: those with free places, the oldest first, and how many places.
    pub free: BTreeMap<(AccountId, ScopeId), (u32, BTreeSet<PlanId>)>,
    /// The covers of a pod in its present rental.
    pub covers: BTreeMap<PodId, Vec<Covered>>,
}

impl Plans {
    /// A plan is bought.
    pub fn add(&mut self, plan: Plan) -> PlanId {
        let id = PlanId::from_index(self.bought);
        self.bought += 1;
        self.by_account.entry(plan.account).or_default().insert(id);
        self.note_free(id, plan.of(), plan.free);
        self.live.insert(id, plan);
        id
    }
    /// A plan has ended; its places are nobody's.
    pub fn remove(&mut self, id: PlanId) -> Option<Plan> {
        let plan = self.live.remove(&id)?;
        self.note_taken(id, plan.of(), (plan.free, true));
        if let Some(own) = self.by_account.get_mut(&plan.account) {
            own.remove(&id);
            if own.is_empty() {
                self.by_account.remove(&plan.account);
            }
        }
        Some(plan)
    }
    /// PLAN-04. How many places of `scope` are free for the next placement of `account`.
    pub fn free_places(&self, account: AccountId, scope: ScopeId) -> u32 {
        self.free.get(&(account, scope)).map_or(0, |(places, _)| *places)
    }
    /// Whether an account has free places anywhere.
    pub fn has_free(&self, account: AccountId) -> bool {
        let from = (account, ScopeId::from_index(0));
        self.free.range(from..).next().is_some_and(|((whose, _), _)| *whose == account)
    }
    /// The oldest plan with free places, and how many.
    pub fn oldest_free(&self, account: AccountId, scope: ScopeId) -> Option<(PlanId, u32)> {
        let (_, plans) = self.free.get(&(account, scope))?;
        let id = *plans.first()?;
        Some((id, self.live.get(&id)?.free))
    }
    /// PLAN-04. A pod takes free places of a plan, whose price its host earns from the unit `begun` of its
    /// compute meter on.
    pub fn take(&mut self, id: PlanId, (pod, named): (PodId, bool), (gpus, begun): (u32, u64)) {
        let Some(plan) = self.live.get_mut(&id) else { return };
        plan.free -= gpus;
        plan.holders.insert(pod);
        let cover = Cover::begin(Price::per_hour(plan.price), gpus, begun);
        self.covers.entry(pod).or_default().push(Covered { plan: id, named, cover });
        let (of, all) = (plan.of(), plan.free == 0);
        self.note_taken(id, of, (gpus, all));
    }
    /// PLAN-04. The rental of a pod has ended: its places are free. Gives them: the plan, how many, and whether
    /// it was named.
    pub fn give_back(&mut self, pod: PodId) -> Vec<(PlanId, u32, bool)> {
        let mut left = Vec::new();
        for Covered { plan: id, named, cover } in self.covers.remove(&pod).unwrap_or_default() {
            let gpus = cover.gpus();
            let Some(plan) = self.live.get_mut(&id).filter(|_| 0 < gpus) else { continue };
            plan.free += gpus;
            plan.holders.remove(&pod);
            let of = plan.of();
            self.note_free(id, of, gpus);
            left.push((id, gpus, named));
        }
        left
    }
    /// PLAN-06. A plan ends under a pod: from the unit `begun` on it covers nothing. Gives how many GPUs it
    /// covered, and whether the pod was named; what it brings the host for the units before is posted with the pod's compute.
    pub fn end_of(&mut self, id: PlanId, pod: PodId, begun: u64) -> Option<(u32, bool)> {
        if let Some(plan) = self.live.get_mut(&id) {
            plan.holders.remove(&pod);
        }
        let mut covers = self.covers.get_mut(&pod).into_iter().flatten();
        let covered = covers.find(|covered| covered.plan == id)?;
        let gpus = covered.cover.gpus();
        covered.cover.end(begun);
        Some((gpus, covered.named))
    }
    /// PLAN-08. What so many units of a pod's compute bring its host; `row` hears it.
    pub fn post(
        &mut self,
        pod: PodId,
        unit: Span,
        (units, share): (u64, Share),
        mut row: impl FnMut(Row, Money),
    ) {
        for covered in self.covers.get_mut(&pod).into_iter().flatten() {
            covered.cover.post(unit, units, share, &mut row);
        }
    }
    /// GPUs of a pod that plans cover.
    pub fn covered(&self, pod: PodId) -> u32 {
        let covers = self.covers.get(&pod).map_or(&[][..], |covers| covers);
        covers.iter().map(|covered| covered.cover.gpus()).sum()
    }
    fn note_free(&mut self, id: PlanId, of: (AccountId, ScopeId), gpus: u32) {
        if 0 < gpus {
            let (places, plans) = self.free.entry(of).or_default();
            *places += gpus;
            plans.insert(id);
        }
    }
    fn note_taken(&mut self, id: PlanId, of: (AccountId, ScopeId), (gpus, all): (u32, bool)) {
        let Some((places, plans)) = self.free.get_mut(&of).filter(|_| 0 < gpus) else { return };
        *places -= gpus;
        if all {
            plans.remove(&id);
        }
        if *places == 0 {
            self.free.remove(&of);
        }
    }
}

impl World {
    /// PLAN-05. GPUs of a pod that plans cover: they cost it no compute.
    #[inline]
    pub fn covered(&self, pod: PodId) -> u32 {
        self.plans.as_ref().map_or(0, |plans| plans.covered(pod))
    }
    /// PLAN-04. Whether plans may cover GPUs of the account's next placement.
    #[inline]
    pub fn may_cover(&self, account: AccountId) -> bool {
        self.plans.as_ref().is_some_and(|plans| plans.has_free(account))
    }
    /// PLAN-04. How many of `gpus` GPUs plans would cover, were they placed on demand now.
    #[inline]
    pub fn would_cover(&self, account: AccountId, scope: ScopeId, gpus: u32) -> u32 {
        self.plans.as_ref().map_or(0, |plans| plans.free_places(account, scope).min(gpus))
    }
}
