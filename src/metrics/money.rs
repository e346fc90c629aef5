//! Under which subjects a posting counts (GEN-12).

use super::Metrics;
use super::endpoints::endpoint_of;
use crate::ids::{Id, PlanId};
use crate::journal::fact::{PlanBought, Posting, Subject};

impl Metrics<'_> {
    /// PLAN-02, PLAN-08. A plan is paid, or some of it earned.
    #[cold]
    fn post_plan(&mut self, plan: PlanId, posting: &Posting) {
        let PlanBought { account, scope, .. } = self.plans[plan.index()];
        let segment = self.scenario.accounts[account.index()].segment;
        let counting = self.counting();
        for index in self.subjects.of_plan(scope, segment) {
            let tally = &mut self.tallies[index];
            tally.plans.move_prepaid(posting);
            if counting {
                tally.post(posting);
            }
        }
    }

    /// SLS-44, AIE-06. A worker's use, its payout, or a call of an endpoint of the platform's.
    #[cold]
    fn post_serverless(&mut self, posting: &Posting) {
        let (Some(endpoints), Some(endpoint)) = (&mut self.endpoints, endpoint_of(posting)) else {
            return;
        };
        endpoints.post(posting);
        let of = posting.usage.map(|usage| usage.subject);
        let host =
            if let Some(Subject::Worker(worker)) = of { endpoints.host_of(worker) } else { None };
        let account = posting.account.unwrap_or(self.scenario.endpoints[endpoint.index()].account);
        let segment = self.scenario.accounts[account.index()].segment;
        for index in self.subjects.of_serverless(host, segment) {
            self.tallies[index].post(posting);
        }
    }

    /// A posting counts under all that it is about.
    #[inline(never)] // so that `hear` has no registers to save
    pub(super) fn post(&mut self, posting: &Posting) {
        if let Some(plan) = posting.plan() {
            self.post_plan(plan, posting);
            return;
        }
        if !self.counting() {
            return;
        }
        if let Some(pod) = posting.usage.and_then(|usage| usage.pod()) {
            self.cells.of_rental(pod).post(posting);
        } else if endpoint_of(posting).is_some() {
            self.post_serverless(posting);
        } else if let Some(account) = posting.account {
            let segment = self.scenario.accounts[account.index()].segment;
            for index in [0, self.subjects.segment(segment)] {
                self.tallies[index].post(posting);
            }
        }
    }
}
