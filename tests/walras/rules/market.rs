//! Requests, resumes and hosts, solved by hand.

use crate::build;
use crate::stage::Case;
use walras::ids::{HostId, Id, PodNameId};
use walras::journal::Fact;
use walras::journal::fact::{EndReason, Named, Operation, PriceSet, Refusal};
use walras::scenario::load::from_text;
use walras::units::{GpuTime, Money, SimTime, Span, Speed};

#[test]
fn the_market_goes_as_it_was_solved_by_hand() {
    Case::check_all(&Case::read(include_str!("market.txt")));
}

/// POD-14.
#[test]
fn pod_14_cpu_pods_go_as_they_were_solved_by_hand() {
    Case::check_all(&Case::read(include_str!("cpu_pods.txt")));
}

/// POD-14. Where CPU pods may not be asked for, and that a segment may ask for them.
#[test]
fn pod_14_cpu_pods_are_asked_for_without_gpus_and_bids() {
    let market = |pod: &str, segment: &str| {
        format!(
            r#"(
                horizon: "1h",
                fleet: [(name: "h", gpu_type: "NVIDIA RTX A6000", datacenter: "EU-RO-1", cpu_slots: 16)],
                accounts: [(name: "ada", balance: 100)],
                customers: [(name: "c", balance: 100, arrivals: Poisson(rate: "30/h"),
                    gpu_type: "NVIDIA RTX A6000", duration: "5m", patience: "1h", {segment})],
                script: [(at: "0s", account: "ada", do: {pod})],
            )"#
        )
    };
    let pod =
        |more: &str| format!(r#"CreatePod(name: "p", gpuTypeId: "NVIDIA RTX A6000", {more})"#);
    let cpu = pod("gpuCount: 0, vcpuCount: 8");
    let wrong = [
        (pod("vcpuCount: 8"), "gpus: 0", "vCPUs beside GPUs"),
        (pod("gpuCount: 0, vcpuCount: 17"), "gpus: 0", "at most 16 CPU slots"),
        (cpu.clone(), "gpus: 1, vcpus: 4", "vCPUs beside GPUs"),
        (cpu.clone(), "gpus: 0, vcpus: 20", "at most 16 CPU slots"),
    ];
    for (pod, segment, told) in wrong {
        let problems = from_text("cpu.ron", &market(&pod, segment)).unwrap_err().to_string();
        assert!(problems.contains(told), "{told}: {problems}");
    }
    let scenario = from_text("cpu.ron", &market(&cpu, "gpus: 0, vcpus: 4"));
    let scenario = scenario.unwrap_or_else(|problems| panic!("{problems}"));
    let (mut asked, mut ended) = (0, 0);
    for (_, fact) in build::run_audited(&scenario, 0) {
        match fact {
            Fact::CpuAsked(cpu) if cpu.vcpus == 4 => asked += 1,
            Fact::RentalEnded(end) if end.reason == EndReason::Completed => {
                // Five minutes and the container's start: 6 units of 4 vCPUs.
                assert_eq!(end.compute.to_string(), "0.012");
                ended += 1;
            }
            _ => {}
        }
    }
    assert!(10 < ended && ended <= asked, "{asked} asked, {ended} done");
}

/// GEN-11, HOST-13. In one instant scopes come before hosts, each in the order of the script, and what
/// came of it is published once.
#[test]
fn prices_of_scopes_are_set_before_those_of_hosts() {
    let text = r#"(
        horizon: "1m",
        rules: (community_pricing: host, host_price_interval: "0s"),
        fleet: [(names: ["a", "b"], gpu_type: "NVIDIA RTX A6000", cloud: COMMUNITY)],
        script: [
            (at: "10s", do: SetPrice(host: "b", price: 0.50)),
            (at: "10s", do: SetPrice(gpuTypeId: "NVIDIA RTX A6000", cloudType: COMMUNITY, price: 0.60)),
            (at: "10s", do: SetPrice(host: "a", price: 0.55, minimumBid: 0.20)),
            (at: "10s", do: SetPrice(gpuTypeId: "NVIDIA RTX A6000", cloudType: COMMUNITY, minimumBid: 0.30)),
            (at: "10s", do: SetPrice(host: "b", price: 0.65)),
        ],
    )"#;
    let scenario = from_text("prices.ron", text).unwrap_or_else(|problems| panic!("{problems}"));
    let cents = |cents: i128| Money::from_nanos(cents * 10_000_000);
    let (mut set, mut published) = (Vec::new(), Vec::new());
    for (at, fact) in build::run_audited(&scenario, 0) {
        match fact {
            Fact::PriceSet(PriceSet { host, on_demand, min_bid, .. }) => {
                set.push((host, on_demand, min_bid));
            }
            Fact::PricePublished { quote, .. } if at == SimTime::from_seconds(10) => {
                published.push((quote.on_demand, quote.spot_floor));
            }
            _ => {}
        }
    }
    let host = |index| Some(HostId::from_index(index));
    let expected = [
        (None, Some(cents(60)), None),
        (None, None, Some(cents(30))),
        (host(1), Some(cents(50)), None),
        (host(0), Some(cents(55)), Some(cents(20))),
        (host(1), Some(cents(65)), None),
    ];
    assert_eq!(set, expected);
    assert_eq!(published, [(cents(55), cents(20))]);
}

/// GEN-14. A refused action changes nothing: a resume that is refused at once leaves its pod stopped, and
/// nothing is said to have stopped; who is named stands in the fact, though the pod has ended. ConnectPod
/// is refused like any action, and else without effect (API-01).
#[test]
fn gen_14_a_refusal_names_its_pod_and_changes_nothing() {
    let text = r#"(
        horizon: "1m",
        fleet: [(gpu_type: "NVIDIA RTX A6000", datacenter: "EU-RO-1")],
        accounts: [(name: "ada", balance: 100)],
        script: [
            (at: "0s", account: "ada", do: CreatePod(name: "p", gpuTypeId: "NVIDIA RTX A6000")),
            (at: "1s", account: "ada", do: StopPod(podId: "p")),
            (at: "2s", account: "ada", do: ResumeSpotPod(podId: "p", bidPerGpu: 0.01)),
            (at: "3s", account: "ada", do: TerminatePod(podId: "p")),
            (at: "4s", account: "ada", do: TerminatePod(podId: "p")),
            (at: "1s", account: "ada", do: ConnectPod(podId: "p")),
            (at: "5s", account: "ada", do: ConnectPod(podId: "p")),
        ],
    )"#;
    let scenario = from_text("named.ron", text).unwrap_or_else(|problems| panic!("{problems}"));
    let facts = build::run_audited(&scenario, 0);
    let stops = facts.iter().filter(|(_, fact)| matches!(fact, Fact::PodStopped { .. }));
    assert_eq!(stops.count(), 1, "only StopPod stops it");
    let refusals = facts.iter().filter_map(|(at, fact)| match fact {
        Fact::Rejected { name, reason, .. } => Some((*at, *name, *reason)),
        _ => None,
    });
    let p = Some(Named::Given(PodNameId::from_index(0)));
    let expected = [
        (SimTime::from_seconds(2), p, Refusal::BidBelowFloor),
        (SimTime::from_seconds(4), p, Refusal::IllegalState),
        (SimTime::from_seconds(5), p, Refusal::IllegalState),
    ];
    assert_eq!(refusals.collect::<Vec<_>>(), expected);
}

/// POD-25. What takes 1,000 GPU-seconds on the type named first takes 1,000/0.443 on one that works at
/// 0.443 of its speed, where the rules say so; the type named first needs what is stated.
#[test]
fn pod_25_work_proceeds_at_the_speed_of_the_type_that_it_got() {
    let done_at = |speed: &str, types: &str| {
        let text = format!(
            r#"(
            horizon: "1h",
            rules: (work_speed: {speed}),
            fleet: [(gpu_type: "NVIDIA RTX A6000", gpus: 2, datacenter: "EU-RO-1")],
            accounts: [(name: "ada", balance: 100)],
            script: [(at: "0s", account: "ada", do: CreatePod(
                name: "p", gpuTypeId: {types}, gpuCount: 2, work: 1000, containerDiskInGb: 0,
            ))],
        )"#
        );
        let scenario =
            from_text("speed.ron", &text).unwrap_or_else(|problems| panic!("{problems}"));
        let facts = build::run_audited(&scenario, 0);
        let mut ends = facts.iter().filter_map(|(at, fact)| match fact {
            Fact::RentalEnded(end) => Some((*at, end.reason, end.useful)),
            _ => None,
        });
        ends.next().expect("it ends")
    };
    let slow_first = r#"["NVIDIA RTX A6000", "NVIDIA A100 80GB PCIe"]"#;
    let fast_first = r#"["NVIDIA A100 80GB PCIe", "NVIDIA RTX A6000"]"#;
    // The container is up at 5 s; two GPUs share the work, which is rounded up to the microsecond.
    let stated = GpuTime::new(1, Span::from_seconds(1_000));
    let as_stated = (SimTime::from_seconds(505), EndReason::Completed, stated);
    assert_eq!(done_at("equal", fast_first), as_stated);
    assert_eq!(done_at("equal", slow_first), as_stated);
    assert_eq!(done_at("relative", slow_first), as_stated);
    let micros = 1_000_000_000_000_u64.div_ceil(443).div_ceil(2);
    let slower = (
        SimTime::from_micros(5_000_000 + micros),
        EndReason::Completed,
        GpuTime::new(2, Span::from_micros(micros)),
    );
    assert_eq!(done_at("relative", fast_first), slower);
}

/// POD-25. A type whose speed nobody knows has to be given one.
#[test]
fn pod_25_an_unknown_speed_is_asked_for() {
    let text = |speed: &str| {
        format!(
            r#"(
            horizon: "1m",
            rules: (work_speed: relative),
            gpu_types: [(id: "Ours", memory_gb: 8, secure: (price: 1){speed})],
            fleet: [(gpu_type: "Ours", datacenter: "EU-RO-1")],
        )"#
        )
    };
    let problems = from_text("speed.ron", &text("")).expect_err("its speed is not known");
    let told = problems.to_string();
    assert!(told.contains("no relative speed of `Ours` is known"), "{told}");
    let scenario = from_text("speed.ron", &text(", relative_speed: 0.5")).expect("it is known");
    assert_eq!(scenario.gpu_types[0].relative_speed, Some(Speed::from_thousandths(500)));
    for wrong in ["0", "-1", "0.4435", "1001", "fast"] {
        let stated = format!(", relative_speed: {wrong}");
        let told = from_text("speed.ron", &text(&stated)).expect_err(wrong).to_string();
        assert!(told.contains("at most three decimals"), "{wrong}: {told}");
    }
}

/// POD-13. A pod that was asked for without a GPU has no work to end with: it is done when its stay is
/// over, from a segment as from a trace.
#[test]
fn pod_13_a_pod_without_gpus_is_done_when_its_stay_is_over() {
    let text = r#"(
        horizon: "1d",
        fleet: [(prefix: "h", gpu_type: "NVIDIA RTX A6000", datacenter: "EU-RO-1")],
        customers: [(name: "z", balance: 1000, gpu_type: "NVIDIA RTX A6000", gpus: 0,
            duration: "10m", arrivals: Renewal(gap: "1h"), until: "90m")],
    )"#;
    let scenario = from_text("zero.ron", text).unwrap_or_else(|problems| panic!("{problems}"));
    let (mut running, mut ended) = (None, None);
    for (at, fact) in build::run_audited(&scenario, 0) {
        match fact {
            Fact::PodRunning { .. } => running = Some(at),
            Fact::RentalEnded(end) => ended = Some((at, end.reason)),
            _ => {}
        }
    }
    let due = running.expect("the pod runs") + Span::from_seconds(600);
    assert_eq!(ended, Some((due, EndReason::Completed)));
}

/// POD-06, `block`. A spot resume stands behind a bid that waits for its host's scope, whoever else asks.
#[test]
fn pod_06_a_spot_resume_is_blocked_like_any_other_bid() {
    for alone in [true, false] {
        let other = r#"(at: "6m", account: "a", do: CreateSpotPod(name: "o", gpuTypeId: "NVIDIA RTX A6000",
            bidPerGpu: 0.52)),"#;
        let other = if alone { "" } else { other };
        let text = format!(
            r#"(
                horizon: "1h",
                rules: (waiting_order: block),
                fleet: [(prefix: "h", gpu_type: "NVIDIA RTX A6000", datacenter: "EU-RO-1", gpus: 8)],
                accounts: [(name: "a", balance: 1000)],
                script: [
                    (at: "1m", account: "a", do: CreatePod(name: "od", gpuTypeId: "NVIDIA RTX A6000",
                        gpuCount: 4)),
                    (at: "2m", account: "a", do: CreateSpotPod(name: "s", gpuTypeId: "NVIDIA RTX A6000",
                        bidPerGpu: 0.50)),
                    (at: "3m", account: "a", do: StopPod(podId: "s")),
                    (at: "4m", account: "a", do: CreateSpotPod(name: "w", gpuTypeId: "NVIDIA RTX A6000",
                        gpuCount: 8, bidPerGpu: 0.60, patience: "50m")),
                    {other}
                    (at: "6m", account: "a", do: ResumeSpotPod(podId: "s", bidPerGpu: 0.55)),
                ],
            )"#
        );
        let scenario = from_text("block.ron", &text).unwrap_or_else(|found| panic!("{found}"));
        let facts = build::run_audited(&scenario, 0);
        let refused = facts.iter().filter_map(|(_, fact)| match fact {
            Fact::Rejected { operation, reason, .. } => Some((*operation, *reason)),
            _ => None,
        });
        let expected = (Operation::ResumeSpotPod, Refusal::NoCapacity);
        assert!(refused.into_iter().any(|found| found == expected), "alone: {alone}");
    }
}
