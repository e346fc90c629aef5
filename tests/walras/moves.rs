//! Stopped pods that go to another host (POD-16).

use crate::build;
use crate::stage::Case;
use walras::ids::{HostId, Id};
use walras::journal::Fact;
use walras::journal::fact::{Book, EndReason, Item, MeterTerms};
use walras::scenario::Scenario;
use walras::scenario::load::from_text;
use walras::units::{Money, SimTime};

#[test]
fn pod_16_moves_go_as_they_were_solved_by_hand() {
    Case::check_all(&Case::read(include_str!("moves/worked.txt")));
}

/// Case 43's move, from h to h2: 40 GB over 1 Gbit/s.
fn case_43(script: &str) -> Scenario {
    let text = format!(
        r#"(
            horizon: "2000s", sample_every: None, rules: (container_start: "0s"),
            fleet: [(names: ["h", "h2"], gpu_type: "NVIDIA RTX A6000", cloud: COMMUNITY)],
            accounts: [(name: "a", balance: 100)],
            script: [
                (at: "0s", account: "a", do: CreatePod(
                    name: "p", gpuTypeId: "NVIDIA RTX A6000", containerDiskInGb: 0, volumeInGb: 40)),
                (at: "600s", account: "a", do: StopPod(podId: "p")),
                (at: "1000s", account: "a", do: MovePod(podId: "p")),
                {script}
            ],
        )"#
    );
    from_text("move", &text).unwrap_or_else(|faults| panic!("{faults}"))
}

/// Case 61: `host` departs at 1100. What is said from then on.
fn departure(host: &str) -> Vec<Fact> {
    let scenario = case_43(&format!(r#"(at: "1100s", do: HostLeave(host: "{host}")),"#));
    let facts = build::run_audited(&scenario, 0).into_iter();
    let later = facts.filter(|(at, _)| SimTime::from_seconds(1_100) <= *at);
    later.map(|(_, fact)| fact).collect()
}

/// POD-16, HOST-06, case 61: where the new host departs before the copy is whole, the pod is Stopped on its old one;
/// where the old one does, it is gone.
#[test]
fn pod_16_a_host_departs_before_the_copy_is_whole() {
    for (host, back) in [("h2", true), ("h", false)] {
        let facts = departure(host);
        let end = facts.iter().find_map(|fact| match fact {
            Fact::RentalEnded(end) => Some(*end),
            _ => None,
        });
        let end = end.expect("its rental ends");
        let price = Money::parse("0.69").unwrap();
        assert_eq!(end.reason, EndReason::HostDown);
        assert_eq!(end.compute.nanos(), price.nanos() * 2 / 60, "n = 2");
        let is_back = facts.iter().any(
            |fact| matches!(fact, Fact::MoveUndone(undone) if undone.host == HostId::from_index(0)),
        );
        let is_gone = facts.iter().any(|fact| matches!(fact, Fact::PodTerminated { .. }));
        assert_eq!((is_back, is_gone), (back, !back));
    }
}

/// POD-16, STOR-04, HOST-12: the volume has one meter, at the running rate from the placement on; each host
/// earns what it owed there.
#[test]
fn pod_16_the_volume_has_one_meter_and_each_host_its_share() {
    let facts = build::run_audited(&case_43(""), 0);
    let opened = |(_, fact): &&(SimTime, Fact)| {
        matches!(fact, Fact::MeterOpened(MeterTerms { item: Item::Volume, .. }))
    };
    assert_eq!(facts.iter().filter(opened).count(), 1);
    let mut rates = facts.iter().filter_map(|(at, fact)| match fact {
        Fact::MeterRepriced(MeterTerms { item: Item::Volume, price, .. }) => {
            Some((at.micros() / 1_000_000, price.amount().to_string()))
        }
        _ => None,
    });
    assert_eq!(rates.next(), Some((600, "0.2".to_owned())));
    assert_eq!(rates.next(), Some((1_000, "0.1".to_owned())));
    // Ten minutes at 0.10, seven at 0.20 (the unit of 960 lasts out), then seventeen at 0.10.
    let month = 43_200;
    let owed = |price: i128, minutes: i128| price * 40 * minutes / month;
    let (there, here) = (owed(100_000_000, 10) + owed(200_000_000, 7), owed(100_000_000, 17));
    let mut volume = [0, 0];
    let mut earned = [0, 0];
    for (at, fact) in &facts {
        let Fact::Posted(posting) = fact else { continue };
        if posting.item == Item::Volume {
            volume[usize::from(SimTime::from_seconds(1_000) < *at)] += posting.amount.nanos();
        }
        // What compute pays the hosts is no part of it.
        if let (Book::Host(host), Some(40)) =
            (posting.credit, posting.usage.map(|usage| usage.quantity))
        {
            earned[host.index()] += posting.amount.nanos();
        }
    }
    assert_eq!(volume, [there, here]);
    let share = |amount: i128| amount * 76 / 100;
    assert_eq!(earned, [share(there), share(there + here) - share(there)]);
}

/// A pod with 600 s of work on the fast one of two hosts, the other of half its speed, saved every 100 s in 10 s;
/// `keeps` is where its data lies. When each of its rentals ended, and how.
fn at_two_speeds(keeps: &str, script: &str) -> Vec<(SimTime, EndReason)> {
    let text = format!(
        r#"(
            horizon: "2000s", sample_every: None,
            rules: (container_start: "0s", work_speed: relative, network_volume_pods_stop: allowed),
            gpu_types: [
                (id: "fast", memory_gb: 48, relative_speed: 1, secure: (price: 1)),
                (id: "slow", memory_gb: 48, relative_speed: 0.5, secure: (price: 0.5)),
            ],
            datacenters: [(id: "EU-RO-1", network_storage_gb: 1000)],
            fleet: [
                (gpu_type: "fast", gpus: 1, datacenter: "EU-RO-1"),
                (gpu_type: "slow", gpus: 1, datacenter: "EU-RO-1"),
            ],
            accounts: [(name: "a", balance: 100), (name: "b", balance: 100)],
            script: [
                (at: "0s", account: "a", do: CreateNetworkVolume(name: "v", size: 10, dataCenterId: "EU-RO-1")),
                (at: "0s", account: "a", do: CreatePod(name: "p", gpuTypeId: ["fast", "slow"], {keeps},
                    work: "600s", checkpoint: (policy: interval("100s"), cost: "10s"))),
                {script}
            ],
        )"#
    );
    let scenario = from_text("two speeds", &text).unwrap_or_else(|faults| panic!("{faults}"));
    let facts = build::run_audited(&scenario, 0).into_iter();
    let ends = facts.filter_map(|(at, fact)| match fact {
        Fact::RentalEnded(end) if end.pod.slot == 0 => Some((at, end.reason)),
        _ => None,
    });
    ends.collect()
}

/// POD-25, POD-16. On the fast host 200 s of its work are saved by 220 s; the 400 s that are left take 800 s on the
/// slow one, with seven checkpoints. If it is turned back, they are 400 s again, with three.
#[test]
fn pod_25_who_moves_has_the_rest_of_its_work_to_do_at_the_speed_of_the_new_type() {
    let stop = |at: &str| format!(r#"(at: "{at}", account: "a", do: StopPod(podId: "p")),"#);
    let (stopped, moves) =
        (stop("250s"), r#"(at: "300s", account: "a", do: MovePod(podId: "p")),"#);
    let resume = r#"(at: "400s", account: "a", do: ResumePod(podId: "p")),"#;
    let ends = |ends: &[(u64, EndReason)]| -> Vec<_> {
        ends.iter().map(|(at, reason)| (SimTime::from_seconds(*at), *reason)).collect()
    };
    let volume = "volumeInGb: 25";
    let moved = at_two_speeds(volume, &format!("{stopped}{moves}"));
    // 25 GB inside the data center take 8 s.
    assert_eq!(moved, ends(&[(250, EndReason::Stopped), (1_178, EndReason::Completed)]));
    let back = at_two_speeds(volume, &format!("{stopped}{moves}{}{resume}", stop("304s")));
    let (first, second) = ((250, EndReason::Stopped), (304, EndReason::Stopped));
    assert_eq!(back, ends(&[first, second, (830, EndReason::Completed)]));
}

/// POD-25, NVOL-07. So has a stopped pod that nothing ties to a host, however it comes to GPUs of another type, and of
/// the first again.
#[test]
fn pod_25_what_nothing_ties_works_at_the_speed_of_the_type_that_it_gets() {
    let act = |at: u32, account: &str, what: &str| {
        format!(r#"(at: "{at}s", account: "{account}", do: {what}),"#)
    };
    let network = r#"networkVolumeId: "v""#;
    for goes in ["ResumePod", "MovePod"] {
        let script = [
            act(250, "a", r#"StopPod(podId: "p")"#),
            act(260, "b", r#"CreatePod(name: "q", gpuTypeId: "fast")"#),
            act(300, "a", &format!(r#"{goes}(podId: "p")"#)),
            // 200 s of 800 s are saved by 520 s: 300 s of the fast type's time are left.
            act(560, "a", r#"StopPod(podId: "p")"#),
            act(570, "b", r#"TerminatePod(podId: "q")"#),
            act(600, "a", &format!(r#"{goes}(podId: "p")"#)),
        ];
        let ends = at_two_speeds(network, &script.concat());
        let seconds = |at: u64| SimTime::from_seconds(at);
        let expected = [
            (seconds(250), EndReason::Stopped),
            (seconds(560), EndReason::Stopped),
            (seconds(600 + 300 + 20), EndReason::Completed),
        ];
        assert_eq!(ends, expected, "{goes}");
    }
}
