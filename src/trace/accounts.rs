//! `accounts.csv`: one row per account, written at the horizon (GEN-12, ACCT-08).
//!
//! `deposited_usd` takes in automatic payments and adjustments, so that it less `spent_usd` is the
//! balance. `pods` counts pods that got GPUs (or access to their data) at least once, `rejected`
//! refused actions of all kinds, `stops_for_funds` notices of a stop, `terminations_for_funds` removals after the
//! hold.

use super::column::Column;
use super::file::TableFile;
use super::{Known, Table};
use crate::ids::{AccountId, Id};
use crate::journal::Fact;
use crate::journal::fact::{Item, NoticeKind, Posting, RentalEnd};
use crate::scenario::Scenario;
use crate::units::{GpuTime, Money, SimTime};

pub(super) const COLUMNS: &[Column] = &[
    Column::named("account"),
    Column::named("segment"),
    Column::money("deposited_usd"),
    Column::money("spent_usd"),
    Column::money("balance_usd"),
    Column::count("pods"),
    Column::count("rejected"),
    Column::count("preemptions"),
    Column::count("stops_for_funds"),
    Column::count("terminations_for_funds"),
    Column::micros("useful_gpu_s"),
    Column::micros("lost_gpu_s"),
];

/// What one account has come to so far.
#[derive(Clone, Copy, Debug, Default)]
struct Totals {
    deposited: Money,
    spent: Money,
    pods: u32,
    rejected: u32,
    preemptions: u32,
    stops: u32,
    removals: u32,
    useful: GpuTime,
    lost: GpuTime,
}

impl Totals {
    fn post(&mut self, posting: &Posting) {
        let received = posting.received();
        match posting.item {
            Item::Deposit | Item::AutoPay | Item::Adjustment => self.deposited += received,
            Item::Compute
            | Item::ContainerDisk
            | Item::Volume
            | Item::NetworkVolume
            | Item::SavingsPlan
            | Item::ServerlessCompute
            | Item::ServerlessDisk
            | Item::PublicEndpoint
            | Item::HostPayout => self.spent -= received,
        }
    }
    fn end_rental(&mut self, end: &RentalEnd) {
        self.useful += end.useful;
        self.lost += end.lost;
        self.preemptions += end.preemptions;
    }
}

/// The totals of all accounts.
pub(super) struct Accounts(Vec<Totals>);

impl Accounts {
    pub(super) fn new(scenario: &Scenario) -> Self {
        Self(vec![Totals::default(); scenario.accounts.len()])
    }

    fn of(&mut self, account: AccountId) -> &mut Totals {
        &mut self.0[account.index()]
    }

    fn write(&self, known: &Known<'_>, out: &mut TableFile) {
        for (index, totals) in self.0.iter().enumerate() {
            let segment = known.names.scenario().accounts[index].segment;
            out.row()
                .name(known.names.account(AccountId::from_index(index)))
                .optional(segment, |row, segment| row.name(known.names.segment(segment)))
                .money(totals.deposited)
                .money(totals.spent)
                .money(totals.deposited - totals.spent)
                .count(u64::from(totals.pods))
                .count(u64::from(totals.rejected))
                .count(u64::from(totals.preemptions))
                .count(u64::from(totals.stops))
                .count(u64::from(totals.removals))
                .gpu_time(totals.useful)
                .gpu_time(totals.lost)
                .end();
        }
    }
}

impl Table for Accounts {
    #[expect(clippy::wildcard_enum_match_arm, reason = "all other facts leave totals as they are")]
    fn hear(&mut self, _at: SimTime, fact: &Fact, known: &Known<'_>, out: &mut TableFile) {
        match fact {
            Fact::Posted(posting) => {
                if let Some(account) = posting.account {
                    self.of(account).post(posting);
                }
            }
            Fact::PodPlaced { pod, .. } => {
                let asked = &known.rentals.of(*pod).asked;
                self.of(asked.account).pods += u32::from(asked.rental == 1);
            }
            Fact::Rejected { account: Some(account), .. } => self.of(*account).rejected += 1,
            Fact::Notice { account, kind: NoticeKind::StoppedForFunds } => {
                self.of(*account).stops += 1;
            }
            Fact::AccountRemoved { account } => self.of(*account).removals += 1,
            Fact::RentalEnded(end) => {
                self.of(known.rentals.of(end.pod).asked.account).end_rental(end);
            }
            Fact::RunEnded => self.write(known, out),
            _ => {}
        }
    }
}
