//! Network volumes (NVOL): what they cost, who may have them, and how they go.

use super::biller::Biller;
use super::funds::for_span;
use super::meter::{Kind, Meter, Terms};
use super::state::Volume;
use std::collections::BTreeSet;
use walras::journal::fact::{Item, Operation, Refusal};
use walras::scenario::rules::{NetworkVolumePodsStop, NetworkVolumeTiers};
use walras::units::Span;

impl Biller<'_> {
    /// NVOL-02. What a volume of so many GB costs a month, and how many GB that is for.
    fn monthly(&self, size: u32) -> Terms {
        let first = self.rules.network_volume_price.nanos();
        let second = self.rules.network_volume_price_above.nanos();
        let (size_gb, tb) = (i128::from(size), i128::from(self.rules.gb_per_tb));
        let cost = match self.rules.network_volume_tiers {
            NetworkVolumeTiers::Marginal => {
                size_gb.min(tb) * first + (size_gb - tb).max(0) * second
            }
            NetworkVolumeTiers::Whole if tb < size_gb => size_gb * second,
            NetworkVolumeTiers::Whole => size_gb * first,
        };
        (cost, size)
    }
    fn month(&self) -> Span {
        Span::DAY * u64::from(self.rules.days_per_month)
    }
    /// A volume that is there.
    pub(crate) fn volume(&self, volume: usize) -> Option<&Volume> {
        self.volumes[volume].as_ref().filter(|volume| !volume.gone)
    }
    /// Those of an account that are there, oldest first.
    pub(crate) fn volumes_of(&self, account: usize) -> Vec<usize> {
        let mut own: Vec<usize> = (0..self.volumes.len()).collect();
        own.retain(|volume| self.volume(*volume).is_some_and(|row| row.account == account));
        own.sort_by_key(|volume| self.volumes[*volume].as_ref().map(|row| row.order));
        own
    }

    /// What an hour of a volume of so many GB costs: one price for the whole, whatever its size.
    fn hour(&self, size: u32) -> i128 {
        for_span((self.monthly(size).0, 1), Span::HOUR, self.month())
    }
    /// What a volume that is there burns per hour (ACCT-06).
    pub(crate) fn hour_of_volume(&self, volume: usize) -> i128 {
        self.volume(volume).map_or(0, |row| self.hour(row.size))
    }

    /// ACCT-06, and BILL-06. The first hour of what is new or grown has to be there, with what was accepted before it
    /// in this instant, and R10 of what runs and is promised.
    fn may_have(&mut self, account: usize, size: u32, before: i128) -> Result<(), Refusal> {
        let hour = self.hour(size);
        let burn = self.burn_of(account, None) + hour - before;
        if self.limit(account).is_some_and(|limit| limit < burn) {
            return Err(Refusal::SpendingLimit);
        }
        let line = self.line_of(account) + hour;
        let drained = self.accounts[account].drained.is_some();
        if drained || self.funds(account) - self.units_to_pay(account) < line {
            return Err(Refusal::NoFunds);
        }
        Ok(())
    }
    fn accept(&mut self, account: usize, size: u32) {
        let (hour, before) = (self.hour(size), self.accepted(account));
        self.accounts[account].accepted = Some((self.now, before + hour));
    }
    /// What was accepted in this instant and takes money at once.
    pub(crate) fn accepted(&self, account: usize) -> i128 {
        let accepted = self.accounts[account].accepted.filter(|(at, _)| *at == self.now);
        accepted.map_or(0, |(_, amount)| if self.charging { 0 } else { amount })
    }
    fn room(&self) -> u32 {
        let taken: u32 =
            self.volumes.iter().flatten().filter(|row| !row.gone).map(|v| v.size).sum();
        self.script.storage - taken
    }

    pub(crate) fn create_volume(&mut self, volume: usize, account: usize, size: u32) {
        let done = self.try_to_create(volume, account, size);
        self.report_volume(Operation::CreateNetworkVolume, volume, done);
    }
    fn try_to_create(&mut self, volume: usize, account: usize, size: u32) -> Result<(), Refusal> {
        if size == 0 || self.rules.network_volume_max.get() < size || self.script.storage == 0 {
            return Err(Refusal::BadArgument);
        }
        self.may_have(account, size, 0)?;
        if self.room() < size {
            return Err(Refusal::NoCapacity);
        }
        self.accept(account, size);
        let kind = Kind {
            item: Item::NetworkVolume,
            rounding: self.rules.hour_rounding,
            unit: self.rules.network_volume_unit.micros(),
            period: self.month().micros(),
            minimum: 1,
        };
        let meter = Meter::new(kind, self.monthly(size), self.now);
        let order = self.volumes.iter().flatten().count();
        self.volumes[volume] = Some(Volume { account, size, order, meter, gone: false });
        Ok(())
    }

    pub(crate) fn resize_volume(&mut self, volume: usize, size: u32) {
        let done = self.try_to_resize(volume, size);
        self.report_volume(Operation::ResizeNetworkVolume, volume, done);
    }
    fn try_to_resize(&mut self, volume: usize, size: u32) -> Result<(), Refusal> {
        self.is_there(volume)?;
        let row = self.volumes[volume].as_ref().expect("it is there");
        let (account, before) = (row.account, row.size);
        if size <= before || self.rules.network_volume_max.get() < size {
            return Err(Refusal::BadArgument);
        }
        self.may_have(account, size, self.hour(before))?;
        if self.room() + before < size {
            return Err(Refusal::NoCapacity);
        }
        self.accept(account, size);
        self.settle_volume(volume);
        let terms = self.monthly(size);
        let row = self.volumes[volume].as_mut().expect("it is there");
        row.size = size;
        row.meter.terms = terms;
        Ok(())
    }

    pub(crate) fn delete_volume(&mut self, volume: usize) {
        let mut done = self.is_there(volume);
        let has = |pod: &super::state::Pod| pod.network == Some(volume) && !pod.ended();
        if done.is_ok() && self.pods.iter().flatten().any(has) {
            done = Err(Refusal::IllegalState);
        }
        if done.is_ok() {
            self.close_volume(volume);
        }
        self.report_volume(Operation::DeleteNetworkVolume, volume, done);
    }
    fn is_there(&self, volume: usize) -> Result<(), Refusal> {
        match &self.volumes[volume] {
            None => Err(Refusal::Unknown),
            Some(row) if row.gone => Err(Refusal::IllegalState),
            Some(_) => Ok(()),
        }
    }
    fn report_volume(&mut self, operation: Operation, volume: usize, done: Result<(), Refusal>) {
        if let Err(reason) = done {
            let name = self.script.volumes[volume].clone();
            self.reject(operation, &name, reason);
        }
    }
    /// It is gone, and posts what it owes.
    pub(crate) fn close_volume(&mut self, volume: usize) {
        let (now, draining) = (self.now, self.draining);
        let row = self.volumes[volume].as_ref().expect("it is there");
        let paid = row.meter.ending_cost(now) <= self.funds(row.account) && !draining;
        let row = self.volumes[volume].as_mut().expect("it is there");
        if paid {
            row.meter.charge_ending(now);
        }
        row.meter.forgive(now);
        row.meter.close(now);
        row.gone = true;
        self.posting_volumes.insert(volume);
    }
    /// Marks a volume to post.
    pub(crate) fn settle_volume(&mut self, volume: usize) {
        let (now, account) = (self.now, self.volumes[volume].as_ref().map(|row| row.account));
        let account = account.expect("it is there");
        if self.ending_cost(account) <= self.funds(account) && !self.draining {
            let row = self.volumes[volume].as_mut().expect("it is there");
            row.meter.charge_ending(now);
        }
        self.posting_volumes.insert(volume);
    }

    /// GEN-09. After all else that posts in this step comes what network volumes post.
    pub(crate) fn post_volumes(&mut self) {
        let marked: BTreeSet<usize> = std::mem::take(&mut self.posting_volumes);
        let mut marked: Vec<usize> = marked.into_iter().collect();
        marked.sort_by_key(|volume| self.volumes[*volume].as_ref().map(|row| row.order));
        for volume in marked {
            let Some(mut row) = self.volumes[volume].take() else { continue };
            let name = self.script.volumes[volume].clone();
            for index in 0..row.meter.stretches.len() {
                self.post_stretch((row.account, &name, None), &mut row.meter, index);
            }
            self.volumes[volume] = Some(row);
        }
    }

    /// NVOL-07. Whether a pod cannot stop.
    pub(crate) fn terminates(&self, pod: usize) -> bool {
        self.pod(pod).network.is_some()
            && self.rules.network_volume_pods_stop == NetworkVolumePodsStop::Refused
    }
}
