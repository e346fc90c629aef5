//! Scripts as text, to print those that fail and to keep them.

use super::script::{Act, Create, DISK, STORAGE, Script, VCPUS};
use super::settings;
use std::fmt;
use walras::scenario::demand::WhenFull;
use walras::scenario::model::EvictionChoice;
use walras::units::{Money, SimTime};

impl fmt::Debug for Script {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{self}")
    }
}

/// ` name=value`, or nothing.
fn pair(name: &str, value: Option<impl fmt::Display>) -> String {
    value.map(|value| format!(" {name}={value}")).unwrap_or_default()
}
fn usd(nanos: i128) -> Money {
    Money::from_nanos(nanos)
}

impl fmt::Display for Script {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (name, value) in settings::list(&self.rules) {
            writeln!(f, "set {name} {value}")?;
        }
        if self.eviction != EvictionChoice::LowestBid {
            writeln!(f, "set eviction {}", settings::eviction_name(self.eviction))?;
        }
        writeln!(f, "horizon {}", SimTime::from_micros(self.horizon))?;
        writeln!(f, "warm_up {}", SimTime::from_micros(self.warm_up))?;
        for (index, host) in self.hosts.iter().enumerate() {
            let (price, floor) = (usd(host.price), usd(host.floor));
            let like = pair("like", (host.kind != index).then(|| &self.hosts[host.kind].name));
            let (name, gpus) = (&host.name, host.gpus);
            let has = |name, value: u32, usual| pair(name, (value != usual).then_some(value));
            let disk = has("disk", host.disk, DISK)
                + &has("vcpus", host.vcpus, VCPUS)
                + &has("cpu_slots", host.slots, 0);
            let download = has("download", host.download, 1)
                + &has("upload", host.upload, 1)
                + &pair("center", (host.center > 0).then_some(host.center));
            writeln!(
                f,
                "host {name}{like} gpus={gpus} price={price} floor={floor}{disk}{download}"
            )?;
        }
        if self.storage != STORAGE {
            writeln!(f, "storage {}", self.storage)?;
        }
        let span = |micros: u64| (micros > 0).then(|| SimTime::from_micros(micros));
        for account in &self.accounts {
            let auto_pay = account.auto_pay.map(|(at, pay)| format!("{}/{}", usd(at), usd(pay)));
            let auto_pay = pair("auto_pay", auto_pay);
            let low = pair("low_balance", account.low_balance.map(usd));
            let (name, balance) = (&account.name, usd(account.balance));
            let line = usd(account.credit_line);
            let own = account.spending_limit;
            let own = own.map(|limit| limit.map_or("none".to_owned(), |one| usd(one).to_string()));
            let limit = pair("spending_limit", own) + &pair("age", span(account.age));
            writeln!(
                f,
                "account {name} balance={balance}{auto_pay}{low} credit_line={line}{limit}"
            )?;
        }
        for (at, act) in &self.actions {
            writeln!(f, "{} {}", SimTime::from_micros(*at), self.show(act))?;
        }
        Ok(())
    }
}

impl Script {
    fn show(&self, act: &Act) -> String {
        let span = |micros: u64| (micros > 0).then(|| SimTime::from_micros(micros));
        let host = |host: &usize| &self.hosts[*host].name;
        let account = |account: &usize| &self.accounts[*account].name;
        match act {
            Act::Deposit(who, amount) => format!("deposit {} {}", account(who), usd(*amount)),
            Act::Adjust(who, amount) => format!("adjust {} {}", account(who), usd(*amount)),
            Act::AutoPay(who, threshold, amount) => {
                format!("auto_pay {} {} {}", account(who), usd(*threshold), usd(*amount))
            }
            Act::Buy(buy) => format!(
                "buy_plan {} host={} gpus={}{}{}",
                account(&buy.account),
                host(&buy.host),
                buy.gpus,
                pair("term", span(buy.term)),
                pair("pod", buy.pod.map(|pod| &self.pods[pod])),
            ),
            Act::Price(at, price) => format!("price {} {}", host(at), usd(*price)),
            Act::Floor(at, floor) => format!("floor {} {}", host(at), usd(*floor)),
            Act::HostDown(at) => format!("host_down {}", host(at)),
            Act::HostUp(at) => format!("host_up {}", host(at)),
            Act::NetworkDown(at) => format!("network_down {}", host(at)),
            Act::NetworkUp(at) => format!("network_up {}", host(at)),
            Act::ChangeBid(pod, bid) => format!("change_bid {} {}", self.pods[*pod], usd(*bid)),
            Act::CreateVolume(volume, who, size) => {
                let name = &self.volumes[*volume];
                format!("create_volume {name} account={} size={size}", account(who))
            }
            Act::ResizeVolume(volume, size) => {
                format!("resize_volume {} size={size}", self.volumes[*volume])
            }
            Act::DeleteVolume(volume) => format!("delete_volume {}", self.volumes[*volume]),
            Act::Stop(pod) => format!("stop {}", self.pods[*pod]),
            Act::Terminate(pod) => format!("terminate {}", self.pods[*pod]),
            Act::Reset(pod) => format!("reset {}", self.pods[*pod]),
            Act::Create(create) => self.show_create(create),
            Act::Resume(resume) => {
                let when_full = match resume.when_full {
                    WhenFull::Refuse => "",
                    WhenFull::Wait => " when_full=wait",
                    WhenFull::ZeroGpu => " when_full=zero_gpu",
                    WhenFull::Move => " when_full=move",
                };
                let verb = if resume.elsewhere { "move" } else { "resume" };
                format!(
                    "{verb} {}{}{}{when_full}{}",
                    self.pods[resume.pod],
                    pair("gpus", resume.gpus),
                    pair("bid", resume.bid.map(usd)),
                    pair("patience", span(resume.patience)),
                )
            }
        }
    }

    fn show_create(&self, create: &Create) -> String {
        let span = |micros: u64| (micros > 0).then(|| SimTime::from_micros(micros));
        let flags = [(create.stops_when_done, " stops_when_done"), (create.exits, " exits")];
        let hosts = std::iter::once(&create.host).chain(&create.others);
        let hosts: Vec<_> = hosts.map(|host| self.hosts[*host].name.as_str()).collect();
        let flags: String = flags.iter().filter(|(on, _)| *on).map(|(_, word)| *word).collect();
        format!(
            "create {} account={} host={} gpus={} disk={} volume={}{}{}{}{}{}{}{}{flags}",
            self.pods[create.pod],
            self.accounts[create.account].name,
            hosts.join(","),
            create.gpus,
            create.disk,
            create.volume,
            pair("network", create.network.map(|volume| &self.volumes[volume])),
            pair("cpus", (create.cpus > 0).then_some(create.cpus)),
            pair("vcpus", (create.vcpus > 0).then_some(create.vcpus)),
            pair("image", (create.image > 0).then_some(create.image)),
            pair("bid", create.bid.map(usd)),
            pair("patience", span(create.patience)),
            pair("work", create.work.map(SimTime::from_micros)),
        )
    }
}
