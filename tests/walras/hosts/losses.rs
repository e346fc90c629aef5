//! HOST-07. The table of losses that `scenarios/README.md` shows, cell by cell, by scripted runs.
//!
//! On the host p runs, q is stopped by its owner in the middle of the loss, and s lies stopped with a
//! checkpoint on its volume. The loss begins at 95 s and ends at 400 s, but for the departure.

use crate::build::run_audited;
use std::collections::BTreeMap;
use walras::ids::PodId;
use walras::journal::Fact;
use walras::journal::fact::{EndReason, Item, Operation, Posting, Refusal};
use walras::scenario::load::from_text;
use walras::units::{Money, SimTime};

const PAGE: &str = include_str!("../../../scenarios/README.md");

/// The rows of the page's table, by loss.
fn documented() -> BTreeMap<&'static str, Vec<&'static str>> {
    let (_, below) = PAGE.split_once("<!-- losses -->").expect("the table");
    let rows = below.lines().skip_while(|line| !line.starts_with('|'));
    let rows = rows.take_while(|line| line.starts_with('|')).skip(2);
    let cells = |row: &'static str| row.trim_matches('|').split('|').map(str::trim).collect();
    let row = |row: &'static str| {
        let cells: Vec<_> = cells(row);
        (cells[0], cells[1..].to_vec())
    };
    rows.map(row).collect()
}

/// What happens when a host is lost so.
struct Seen {
    facts: Vec<(SimTime, Fact)>,
    names: BTreeMap<u32, PodId>,
}

impl Seen {
    fn of(loss: &str) -> Self {
        let (down, up) = match loss {
            "power" => (
                r#"(at: "95s", do: HostDown(host: "h"))"#,
                r#"(at: "400s", do: HostUp(host: "h"))"#,
            ),
            "network" => (
                r#"(at: "95s", do: NetworkDown(host: "h"))"#,
                r#"(at: "400s", do: NetworkUp(host: "h"))"#,
            ),
            "maintenance" => {
                (r#"(at: "0s", do: ScheduleMaintenance(host: "h", start: "95s", end: "400s"))"#, "")
            }
            _ => (r#"(at: "95s", do: HostLeave(host: "h"))"#, ""),
        };
        let create = |name: &str, more: &str| {
            format!(
                r#"(at: "0s", account: "ada", do: CreatePod(name: "{name}", gpuTypeId: "NVIDIA RTX A6000",
                containerDiskInGb: 40, volumeInGb: 40, work: "1000s"{more})),"#
            )
        };
        let text = format!(
            r#"(
            horizon: "2h",
            rules: (container_start: "0s", listing_minimum: 0, maintenance_notice: "1s",
                maintenance_delist: "0s", reliability_buffer: "0s"),
            fleet: [(name: "h", gpu_type: "NVIDIA RTX A6000", datacenter: "EU-RO-1")],
            accounts: [(name: "ada", balance: 1000)],
            script: [{p}{q}{s}
                (at: "75s", account: "ada", do: StopPod(podId: "s")), {down},
                (at: "200s", account: "ada", do: StopPod(podId: "q")),
                (at: "200s", account: "ada", do: ResumePod(podId: "s")), {up}
                {comma}(at: "500s", account: "ada", do: ResumePod(podId: "s")),
            ],
        )"#,
            p = create("p", ""),
            q = create("q", ""),
            s = create(
                "s",
                r#", checkpoint: (policy: interval("60s"), cost: "0s", restart: "0s")"#
            ),
            comma = if up.is_empty() { "" } else { "," },
        );
        let scenario = from_text("loss.ron", &text).unwrap_or_else(|problems| panic!("{problems}"));
        let facts = run_audited(&scenario, 0);
        let mut names = BTreeMap::new();
        for (_, fact) in &facts {
            if let Fact::PodRequested(asked) = fact {
                names.entry(u32::try_from(names.len()).unwrap()).or_insert(asked.pod);
            }
        }
        Self { facts, names }
    }
    fn pod(&self, index: u32) -> PodId {
        self.names[&index]
    }
    fn happens(&self, at: u64, is: impl Fn(&Fact) -> bool) -> bool {
        self.facts.iter().any(|(when, fact)| *when == SimTime::from_seconds(at) && is(fact))
    }
    fn postings(&self) -> impl Iterator<Item = (SimTime, &Posting)> {
        self.facts.iter().filter_map(|(at, fact)| match fact {
            Fact::Posted(posting) => Some((*at, posting)),
            _ => None,
        })
    }
    /// What a pod's meter of an item was posted in all.
    fn posted(&self, pod: PodId, item: Item) -> Money {
        let of = |posting: &Posting| {
            posting.item == item && posting.usage.is_some_and(|usage| usage.pod() == Some(pod))
        };
        self.postings().filter(|(_, posting)| of(posting)).map(|(_, posting)| posting.amount).sum()
    }

    fn pod_cell(&self) -> &'static str {
        let (p, q) = (self.pod(0), self.pod(1));
        let down = self.happens(95, |fact| *fact == Fact::PodDown { pod: p });
        let restarts = self.happens(400, |fact| *fact == Fact::PodRestarted { pod: p });
        let stops = |at| self.happens(at, |fact| *fact == Fact::PodStopped { pod: q });
        let ends = self.happens(95, |fact| match fact {
            Fact::RentalEnded(end) => end.pod == p && end.reason == EndReason::HostDown,
            _ => false,
        });
        match (down, restarts, ends, stops(200), stops(400)) {
            (true, true, false, true, false) => "Down, starts again at the return",
            (false, false, false, false, true) => "runs on, out of reach",
            (false, false, true, false, false) => "Terminated",
            other => panic!("{other:?}"),
        }
    }
    /// Whether what p had in memory went on counting, or was to be done again.
    fn memory_cell(&self) -> &'static str {
        let done = |at| {
            self.happens(at, |fact| match fact {
                Fact::RentalEnded(end) => {
                    end.pod == self.pod(0) && end.reason == EndReason::Completed
                }
                _ => false,
            })
        };
        if done(1000) { "kept" } else { "lost" }
    }
    /// Whether s, whose checkpoint of 60 s lies on its volume, can resume during the loss, and what of
    /// its work is left when it resumes after it.
    fn volume_cell(&self) -> &'static str {
        let refused = |at: u64, why: Refusal| {
            self.happens(at, |fact| match fact {
                Fact::Rejected { operation, reason, .. } => {
                    *operation == Operation::ResumePod && *reason == why
                }
                _ => false,
            })
        };
        let rest_done = self.happens(500 + 940, |fact| match fact {
            Fact::RentalEnded(end) => end.pod == self.pod(2) && end.reason == EndReason::Completed,
            _ => false,
        });
        let down = self.happens(95, |fact| matches!(fact, Fact::PodDown { .. }));
        match (rest_done, refused(200, Refusal::NoCapacity), refused(500, Refusal::IllegalState)) {
            (true, true, false) if down => "kept, out of reach",
            (true, true, false) => "kept",
            (false, false, true) => "lost",
            other => panic!("{other:?}"),
        }
    }
    /// Of 1000 s of work p pays 17 begun minutes, whenever it does it, and 95 s more of what is lost;
    /// s pays its volume by the open time alone.
    fn bill_cell(&self) -> &'static str {
        let money = |text: &str| Money::parse(text).unwrap();
        let during = SimTime::from_seconds(96)..SimTime::from_seconds(400);
        assert!(
            self.postings().all(|(at, _)| !during.contains(&at)),
            "nothing is posted meanwhile"
        );
        let open = |micros: u64| micros.div_ceil(60);
        let minutes = match self.memory_cell() {
            "kept" => open(95 + 600),
            _ => open(95 + 1000),
        };
        let compute = self.posted(self.pod(0), Item::Compute);
        let owed =
            |minutes: u64| Money::from_nanos(money("0.79").nanos() * i128::from(minutes) / 60);
        if compute == owed(2) {
            return "ends";
        }
        assert_eq!(compute, owed(minutes));
        // 2 units while running until 75, then stopped at twice the rate until 500, the loss left out;
        // running again for 940 s.
        let volume = self.posted(self.pod(2), Item::Volume);
        let open_stopped = open(500 - (400 - 95)) - open(75);
        let open_running = open(500 - (400 - 95) + 940) - open(500 - (400 - 95));
        let share = |units: u64, cents: i128| {
            Money::from_nanos(cents * 10_000_000 * 40 * i128::from(units) / 43_200)
        };
        let expected = share(open(75), 10) + share(open_stopped, 20) + share(open_running, 10);
        assert_eq!(volume, expected, "stopped volumes too");
        "nothing, stopped volumes too"
    }
    fn earnings_cell(&self) -> &'static str {
        let payout = |at: SimTime| {
            self.postings().any(|(when, posting)| when == at && posting.item == Item::HostPayout)
        };
        let later = self.postings().any(|(at, posting)| {
            SimTime::from_seconds(400) <= at && posting.item == Item::HostPayout
        });
        assert!(payout(SimTime::from_seconds(95)), "what was owed by then is paid");
        if later { "nothing" } else { "ends" }
    }
    /// Of 120 beats 5 are due during the loss: at 120, 180, …, 360 s.
    fn score_cell(&self) -> &'static str {
        let scores: Vec<(SimTime, u32)> = self
            .facts
            .iter()
            .filter_map(|(at, fact)| match fact {
                Fact::HostScored { reliability, .. } => Some((*at, *reliability)),
                _ => None,
            })
            .collect();
        match scores[..] {
            [(at, 1_000_000)] if at == SimTime::from_seconds(95) => "frozen",
            [(_, 958_333)] => "beats missed",
            [(_, 1_000_000)] => "beats excused",
            ref other => panic!("{other:?}"),
        }
    }
}

#[test]
fn host_07_every_loss_means_what_the_page_says() {
    let documented = documented();
    assert_eq!(documented.len(), 4);
    for (loss, cells) in documented {
        let seen = Seen::of(loss);
        let shown = [
            seen.pod_cell(),
            seen.memory_cell(),
            seen.volume_cell(),
            seen.bill_cell(),
            seen.earnings_cell(),
            seen.score_cell(),
        ];
        assert_eq!(shown[..], cells[..], "{loss}");
    }
}
