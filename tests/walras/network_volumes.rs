//! What network volumes survive, and what goes with them (STOR-07, NVOL-05 to NVOL-08, POD-17, POD-21).

use crate::build;
use crate::harness;
use walras::journal::Fact;
use walras::journal::fact::{EndReason, Item, Refusal};
use walras::scenario::Scenario;
use walras::scenario::load::from_text;
use walras::scenario::model::SpendingLimit;
use walras::units::{GpuTime, Money, SimTime, Span};

/// Two hosts of one GPU in a data center with a network volume `v`, a pod `p` that has it, and a script.
fn market(rules: &str, pod: &str, script: &str) -> Scenario {
    let text = format!(
        r#"(
            horizon: "10d", sample_every: None, rules: (container_start: "0s", {rules}),
            gpu_types: [(id: "X", memory_gb: 48, secure: (price: 0.60, min_bid: 0.30))],
            datacenters: [(id: "EU-RO-1", network_storage_gb: 1000)],
            fleet: [(names: ["h", "i"], gpu_type: "X", datacenter: "EU-RO-1", gpus: 1)],
            accounts: [(name: "a", balance: 100), (name: "b", balance: 100)],
            script: [
                (at: "0s", account: "a", do: CreateNetworkVolume(name: "v", size: 10, dataCenterId: "EU-RO-1")),
                (at: "0s", account: "a", do: {pod}),
                {script}
            ],
        )"#
    );
    from_text("network volume", &text).unwrap_or_else(|faults| panic!("{faults}"))
}
const POD: &str =
    r#"CreatePod(name: "p", gpuTypeId: "X", containerDiskInGb: 0, networkVolumeId: "v")"#;

/// When the volume was gone, if it was, and why.
fn lost(scenario: &Scenario) -> Option<(SimTime, EndReason)> {
    let facts = build::run_audited(scenario, 0);
    facts.iter().find_map(|(at, fact)| match fact {
        Fact::NetworkVolumeRemoved(walras::journal::fact::NetworkVolumeRemoved {
            reason, ..
        }) => Some((*at, *reason)),
        _ => None,
    })
}

/// STOR-07, the column of network volumes: whatever ends or stops a pod, and whatever its host loses, the
/// volume is kept; it goes with the removal after the hold alone.
#[test]
fn stor_07_a_network_volume_is_lost_after_the_hold_alone() {
    let spot = r#"CreateSpotPod(name: "p", gpuTypeId: "X", containerDiskInGb: 0, networkVolumeId: "v",
        bidPerGpu: 0.40)"#;
    let works = r#"CreatePod(name: "p", gpuTypeId: "X", containerDiskInGb: 0, networkVolumeId: "v",
        work: "30s")"#;
    // Whoever asks for both hosts displaces a bid.
    let newcomers = r#"
        (at: "60s", account: "b", do: CreatePod(name: "n", gpuTypeId: "X", containerDiskInGb: 0)),
        (at: "61s", account: "b", do: CreatePod(name: "m", gpuTypeId: "X", containerDiskInGb: 0)),"#;
    let events = [
        ("reset", "", POD, r#"(at: "60s", account: "a", do: ResetPod(podId: "p")),"#),
        (
            "stop",
            "network_volume_pods_stop: allowed",
            POD,
            r#"(at: "60s", account: "a", do: StopPod(podId: "p")),"#,
        ),
        (
            "stop for funds",
            "network_volume_pods_stop: allowed, drained_hold: \"9d\"",
            POD,
            r#"(at: "60s", account: "a", do: Adjust(amount: -99.5)),"#,
        ),
        ("displacement", "network_volume_pods_stop: allowed", spot, newcomers),
        ("displacement of who cannot stop", "", spot, newcomers),
        (
            "power loss",
            "",
            POD,
            r#"(at: "60s", do: HostDown(host: "h")), (at: "90s", do: HostUp(host: "h")),"#,
        ),
        (
            "network loss",
            "",
            POD,
            r#"(at: "60s", do: NetworkDown(host: "h")), (at: "90s", do: NetworkUp(host: "h")),"#,
        ),
        (
            "maintenance",
            "",
            POD,
            r#"(at: "60s", do: ScheduleMaintenance(host: "h", start: "8d", end: "9d")),"#,
        ),
        ("departure", "", POD, r#"(at: "60s", do: HostLeave(host: "h")),"#),
        ("terminate", "", POD, r#"(at: "60s", account: "a", do: TerminatePod(podId: "p")),"#),
        ("completion", "", works, ""),
    ];
    for (event, rules, pod, script) in events {
        let scenario = market(rules, pod, script);
        assert_eq!(lost(&scenario), None, "{event}");
    }
    let dry = market("", POD, r#"(at: "60s", account: "a", do: Adjust(amount: -1000)),"#);
    let (at, reason) = lost(&dry).expect("nothing is left to pay for it");
    // The pod is gone at once; the volume's second hour cannot be paid, and two days after that it is gone, too.
    assert_eq!(reason, EndReason::NoFunds);
    assert_eq!(at, SimTime::from_seconds(3_600) + Span::DAY * 2);
}

/// POD-21, NVOL-07. Where the table has a pod Stopped, one with a network volume is terminated: at SIGKILL,
/// when its work is done though it should stop then, and at a stop for funds, be it recorded while its host
/// is cut off. StopPod is refused in whatever state.
#[test]
fn nvol_07_what_stops_others_terminates_a_pod_with_a_network_volume() {
    let ends = |pod: &str, script: &str| {
        let out = harness::run(&market("displaced: resume", pod, script));
        let rentals = out.rentals.iter().filter(|rental| rental.pod == "p");
        let refused = out.rejections.iter().map(|refused| refused.reason);
        (rentals.map(|rental| rental.reason).collect::<Vec<_>>(), refused.collect::<Vec<_>>())
    };
    let gone = r#"(at: "1h", account: "a", do: TerminatePod(podId: "p")),"#;
    let illegal = Refusal::IllegalState;
    let spot = r#"CreateSpotPod(name: "p", gpuTypeId: "X", containerDiskInGb: 0, networkVolumeId: "v",
        bidPerGpu: 0.40)"#;
    let displaced = format!(
        r#"(at: "60s", account: "b", do: CreatePod(name: "n", gpuTypeId: "X", containerDiskInGb: 0)),
        (at: "61s", account: "b", do: CreatePod(name: "m", gpuTypeId: "X", containerDiskInGb: 0)),
        (at: "62s", account: "a", do: StopPod(podId: "p")), {gone}"#
    );
    let reason = EndReason::DisplacedByOnDemand;
    assert_eq!(ends(spot, &displaced), (vec![reason], vec![illegal, illegal]), "SIGKILL");
    let works = r#"CreatePod(name: "p", gpuTypeId: "X", containerDiskInGb: 0, networkVolumeId: "v",
        work: "30s", on_done: stop)"#;
    assert_eq!(ends(works, gone), (vec![EndReason::Completed], vec![illegal]), "on_done");
    let poor = format!(r#"(at: "60s", account: "a", do: Adjust(amount: -99.95)), {gone}"#);
    assert_eq!(ends(POD, &poor), (vec![EndReason::NoFunds], vec![illegal]), "funds");
    let cut_off = format!(
        r#"(at: "60s", do: NetworkDown(host: "h")),
        (at: "70s", account: "a", do: StopPod(podId: "p")),
        (at: "80s", do: NetworkUp(host: "h")), {gone}"#
    );
    assert_eq!(ends(POD, &cut_off), (vec![EndReason::Terminated], vec![illegal]), "cut off");
}

/// NVOL-07, HOST-06. Where a pod with a network volume can stop, nothing ties it to a host: when that departs it
/// is Stopped, not gone, and its resume takes the other one; and so it is whose stop was recorded there.
/// One whose end was recorded is terminated, and so is any that cannot stop.
#[test]
fn nvol_07_a_departure_leaves_a_pod_that_can_stop() {
    let leaves = |rules: &str, script: &str| {
        let script = format!(
            r#"(at: "50s", do: NetworkDown(host: "h")), {script} (at: "60s", do: HostLeave(host: "h")),
            (at: "120s", account: "a", do: ResumePod(podId: "p")),
            (at: "300s", account: "a", do: TerminatePod(podId: "p")),"#
        );
        let out = harness::run(&market(rules, POD, &script));
        let ends = out.rentals.iter().map(|rental| (rental.ended / 1_000_000, rental.reason));
        ends.collect::<Vec<_>>()
    };
    let allowed = "network_volume_pods_stop: allowed";
    let again = (300, EndReason::Terminated);
    assert_eq!(leaves(allowed, ""), [(60, EndReason::HostDown), again]);
    let stop = r#"(at: "55s", account: "a", do: StopPod(podId: "p")),"#;
    assert_eq!(leaves(allowed, stop), [(60, EndReason::Stopped), again]);
    let end = r#"(at: "55s", account: "a", do: TerminatePod(podId: "p")),"#;
    assert_eq!(leaves(allowed, end), [(60, EndReason::Terminated)]);
    assert_eq!(leaves("", ""), [(60, EndReason::HostDown)]);
}

/// BILL-13, HOST-04. A pod that is cut off when the hold of its account ends is terminated at the return; its
/// network volume is lost at once, and the space is another's.
#[test]
fn bill_13_a_volume_goes_though_a_pod_that_is_cut_off_has_it() {
    let script = r#"
        (at: "50s", do: NetworkDown(host: "h")),
        (at: "55s", account: "a", do: Adjust(amount: -1000)),
        (at: "172900s", account: "b", do: CreateNetworkVolume(name: "w", size: 1000, dataCenterId: "EU-RO-1")),
        (at: "180000s", account: "b", do: CreateNetworkVolume(name: "x", size: 1000, dataCenterId: "EU-RO-1")),
        (at: "200000s", do: NetworkUp(host: "h")),"#;
    let out = harness::run(&market("", POD, script));
    let told: Vec<_> = out.rejections.iter().map(|refused| (refused.at, refused.reason)).collect();
    // The first hour was paid, the second is due at 3600: the hold ends at 176,400.
    assert_eq!(told, [(172_900_000_000, Refusal::NoCapacity)]);
    let end = out.rentals.iter().find(|rental| rental.pod == "p").expect("it was rented");
    assert_eq!((end.ended, end.reason), (200_000_000_000, EndReason::NoFunds));
}

/// POD-20, STOR-07. What checkpoints put on a network volume is not lost with the pod: only what they had not
/// put there yet.
#[test]
fn stor_07_work_on_a_network_volume_outlives_the_pod() {
    let saves = |volume: &str| {
        format!(
            r#"CreatePod(name: "p", gpuTypeId: "X", containerDiskInGb: 0, {volume},
            work: "10h", checkpoint: (policy: interval("10m")))"#
        )
    };
    let gone = r#"(at: "25m", account: "a", do: TerminatePod(podId: "p")),"#;
    for (volume, minutes) in [(r#"networkVolumeId: "v""#, 5), ("volumeInGb: 10", 25)] {
        let facts = build::run_audited(&market("", &saves(volume), gone), 0);
        let lost = facts.iter().find_map(|(_, fact)| match fact {
            Fact::RentalEnded(end) => Some(end.lost),
            _ => None,
        });
        let expected = GpuTime::new(1, Span::MINUTE * minutes);
        assert_eq!(lost, Some(expected), "{volume}");
    }
}

/// NVOL-03, BILL-15. A network volume knows no outage: each hour of it is billed while the host is away, of
/// whose pod nothing is; and no host earns of it (HOST-12).
#[test]
fn nvol_03_a_network_volume_is_billed_through_an_outage() {
    let script = r#"
        (at: "60s", do: HostDown(host: "h")),
        (at: "6h", do: HostUp(host: "h")),
        (at: "6h", account: "a", do: TerminatePod(podId: "p")),
        (at: "6h", account: "a", do: DeleteNetworkVolume(networkVolumeId: "v")),"#;
    let out = harness::run(&market("", POD, script));
    let of = |item: Item| {
        let rows = out.rows.iter().filter(|row| row.item == item && row.account == "a");
        rows.map(|row| row.amount).sum::<i128>()
    };
    assert_eq!(Money::from_nanos(of(Item::Compute)).to_string(), "0.01");
    // Six hours of 0.70 a month.
    assert_eq!(Money::from_nanos(of(Item::NetworkVolume)).to_string(), "0.005833333");
    let earned = out.rows.iter().filter(|row| row.item == Item::HostPayout);
    assert!(earned.clone().count() == 1 && earned.clone().all(|row| row.subject == "p"));
}

/// ACCT-06. A volume of 720 GB burns 0.07 an hour, beside its pod at 0.60: one too many, or too much of it,
/// is refused before funds are looked at; equal is allowed; what is deleted burns no more.
#[test]
fn acct_06_network_volumes_and_their_growth_burn() {
    let script = r#"
        (at: "1s", account: "a", do: CreateNetworkVolume(name: "w", size: 720, dataCenterId: "EU-RO-1")),
        (at: "2s", account: "a", do: ResizeNetworkVolume(networkVolumeId: "v", size: 721)),
        (at: "3s", account: "a", do: ResizeNetworkVolume(networkVolumeId: "v", size: 720)),
        (at: "4s", account: "a", do: CreateNetworkVolume(name: "x", size: 1, dataCenterId: "EU-RO-1")),
        (at: "5s", account: "a", do: TerminatePod(podId: "p")),
        (at: "6s", account: "a", do: DeleteNetworkVolume(networkVolumeId: "v")),
        (at: "7s", account: "a", do: CreateNetworkVolume(name: "y", size: 720, dataCenterId: "EU-RO-1")),
        (at: "8s", account: "a", do: CreatePod(name: "q", gpuTypeId: "X", containerDiskInGb: 0)),
        (at: "9s", account: "a", do: CreatePod(name: "r", gpuTypeId: "X", containerDiskInGb: 0)),
    "#;
    let mut scenario = market("", POD, script);
    scenario.accounts[0].spending_limit = SpendingLimit::Own(Some(Money::from_nanos(670_000_000)));
    let refused: Vec<(u64, Refusal)> = build::run_audited(&scenario, 0)
        .iter()
        .filter_map(|(at, fact)| match fact {
            Fact::Rejected { reason, .. } => Some((at.micros() / 1_000_000, *reason)),
            _ => None,
        })
        .collect();
    let limit = Refusal::SpendingLimit;
    assert_eq!(refused, [(1, limit), (2, limit), (4, limit), (9, limit)]);
}
