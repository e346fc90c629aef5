//! Power and network of hosts (HOST-02 to HOST-04, BILL-15).

use super::biller::Biller;
use super::state::State;
use walras::journal::fact::{Item, Operation, Refusal};
use walras::scenario::rules::{OutagePartialUnit, OutageStorage};

impl Biller<'_> {
    fn pods_on(&self, host: usize) -> Vec<usize> {
        let on = |pod: &usize| self.pod(*pod).host == host && !self.pod(*pod).ended();
        self.pods_by_id().into_iter().filter(on).collect()
    }
    /// Those whose meters go by it.
    fn pods_billed_by(&self, host: usize) -> Vec<usize> {
        let on = |pod: &usize| self.billed_by(*pod) == host && !self.pod(*pod).ended();
        self.pods_by_id().into_iter().filter(on).collect()
    }
    fn refuse_host(&mut self, operation: Operation, host: usize) {
        let name = self.script.hosts[host].name.clone();
        self.reject(operation, &name, Refusal::IllegalState);
    }

    pub(crate) fn host_down(&mut self, host: usize) {
        if !self.hosts[host].powered {
            return self.refuse_host(Operation::HostDown, host);
        }
        if self.hosts[host].available() {
            self.pause_meters(host);
        }
        self.hosts[host].powered = false;
        self.source_changed(host);
        for pod in self.pods_on(host) {
            self.act_out(pod);
            match self.pod(pod).state {
                State::Initializing | State::Running => {
                    let down = self.pod_mut(pod);
                    down.lose_memory();
                    down.state = State::Down;
                    self.pause_copy(pod);
                }
                State::Grace => {
                    self.turn(pod, "killed by an outage");
                    self.kill(pod);
                }
                State::Reserved => {
                    self.turn(pod, "promise lost to an outage");
                    self.lose_promise(pod);
                }
                _ => {}
            }
        }
    }

    pub(crate) fn host_up(&mut self, host: usize) {
        if self.hosts[host].powered {
            return self.refuse_host(Operation::HostUp, host);
        }
        let before = self.r10_of_all();
        self.hosts[host].powered = true;
        for pod in self.pods_on(host) {
            if self.pod(pod).state == State::Down {
                self.pod_mut(pod).state = State::Initializing;
                self.start(pod);
            }
        }
        if self.hosts[host].online {
            self.resume_meters(host);
            self.source_changed(host);
        }
        self.mark_rises(&before);
    }

    pub(crate) fn network_down(&mut self, host: usize) {
        if !self.hosts[host].online {
            return self.refuse_host(Operation::NetworkDown, host);
        }
        if self.hosts[host].available() {
            self.pause_meters(host);
        }
        self.hosts[host].online = false;
        self.source_changed(host);
        for pod in self.pods_on(host) {
            self.pause_pull(pod);
            self.pause_copy(pod);
            if self.pod(pod).state == State::Reserved {
                self.turn(pod, "promise lost to an outage");
                self.lose_promise(pod);
            }
        }
    }

    pub(crate) fn network_up(&mut self, host: usize) {
        if self.hosts[host].online {
            return self.refuse_host(Operation::NetworkUp, host);
        }
        let before = self.r10_of_all();
        self.hosts[host].online = true;
        if self.hosts[host].powered {
            for pod in self.pods_on(host) {
                self.act_out(pod);
                self.go_on_pulling(pod);
                self.copy(pod);
            }
            self.resume_meters(host);
            self.source_changed(host);
        }
        self.mark_rises(&before);
    }

    /// Meters of all pods on the host pause, and post.
    fn pause_meters(&mut self, host: usize) {
        let now = self.now;
        for item in [Item::Compute, Item::ContainerDisk, Item::Volume] {
            if !self.pauses(item) {
                continue;
            }
            for pod in self.pods_billed_by(host) {
                self.settle_meter(pod, item);
                if let Some(meter) = self.pod_mut(pod).meter_mut(item) {
                    meter.go_out(now);
                }
            }
        }
    }
    fn resume_meters(&mut self, host: usize) {
        let now = self.now;
        let forfeited = self.rules.outage_partial_unit == OutagePartialUnit::Forfeited;
        for pod in self.pods_billed_by(host) {
            for item in [Item::Compute, Item::ContainerDisk, Item::Volume] {
                let pauses = self.pauses(item);
                if let Some(meter) = self.pod_mut(pod).meter_mut(item).as_mut().filter(|_| pauses) {
                    meter.come_back(now, forfeited);
                }
            }
        }
    }
    /// BILL-15. Whether an outage pauses the meters of `item`.
    pub(crate) fn pauses(&self, item: Item) -> bool {
        item != Item::Volume || self.rules.outage_storage == OutageStorage::Free
    }

    pub(crate) fn r10_of_all(&self) -> Vec<i128> {
        (0..self.accounts.len()).map(|account| self.r10(account)).collect()
    }
    /// BILL-09. The line is checked where R10 has risen.
    pub(crate) fn mark_rises(&mut self, before: &[i128]) {
        for (account, before) in before.iter().enumerate() {
            if *before < self.r10(account) {
                self.accounts[account].rose = true;
            }
        }
    }
}
