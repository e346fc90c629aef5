//! Teams, members and their roles (TEAM-01 to TEAM-03).

use crate::{build, harness};
use walras::journal::Fact;
use walras::journal::fact::{MemberActs, MemberRole, MemberSet, Operation, Refusal};
use walras::scenario::Scenario;
use walras::scenario::load::from_text;
use walras::units::{Money, SimTime};

const ROLES: [&str; 4] = ["Basic", "Billing", "Dev", "Admin"];
/// TEAM-03, cell by cell: what an action is called, how it is scripted, and who may.
const TABLE: [(&str, &str, [bool; 4]); 25] = [
    ("ConnectPod", r#"(podId: "p")"#, [true, false, true, true]),
    ("CreatePod", r#"(name: "n", gpuTypeId: "NVIDIA RTX A6000")"#, DEV),
    ("CreateSpotPod", r#"(name: "n", gpuTypeId: "NVIDIA RTX A6000", bidPerGpu: 0.5)"#, DEV),
    ("StopPod", r#"(podId: "p")"#, DEV),
    ("ResumePod", r#"(podId: "s")"#, DEV),
    ("ResumeSpotPod", r#"(podId: "s", bidPerGpu: 0.5)"#, DEV),
    ("MovePod", r#"(podId: "s")"#, DEV),
    ("ResetPod", r#"(podId: "p")"#, DEV),
    ("TerminatePod", r#"(podId: "p")"#, DEV),
    ("ChangeBid", r#"(podId: "b", bidPerGpu: 0.6)"#, DEV),
    ("CreateNetworkVolume", r#"(name: "w", size: 10, dataCenterId: "EU-RO-1")"#, DEV),
    ("ResizeNetworkVolume", r#"(networkVolumeId: "v", size: 20)"#, DEV),
    ("DeleteNetworkVolume", r#"(networkVolumeId: "v")"#, DEV),
    ("SubmitJob", r#"(endpoint: "e", execution: "1s")"#, [true, false, true, true]),
    ("CancelJob", r#"(endpoint: "e", id: "j")"#, [true, false, true, true]),
    ("PurgeQueue", r#"(endpoint: "e")"#, DEV),
    ("CreateEndpoint", r#"(name: "n", gpus: "RTX A4000", image_gb: 5)"#, DEV),
    ("UpdateEndpoint", r#"(endpoint: "e", workers_max: 1)"#, DEV),
    ("DeleteEndpoint", r#"(endpoint: "gone")"#, DEV),
    ("Deposit", "(amount: 10)", BILLING),
    ("SetAutoPay", "(threshold: 1, amount: 10)", BILLING),
    ("SaveTemplate", r#"(name: "t")"#, DEV),
    (
        "BuySavingsPlan",
        r#"(cloudType: SECURE, gpuTypeId: "NVIDIA RTX A6000", term: "30d")"#,
        BILLING,
    ),
    ("ConvertToTeam", r#"(team: "Again")"#, ADMIN),
    ("SetMember", r#"(member: "Basic", role: Dev)"#, ADMIN),
];
const DEV: [bool; 4] = [false, false, true, true];
const BILLING: [bool; 4] = [false, true, false, true];
const ADMIN: [bool; 4] = [false, false, false, true];
/// What no customer does.
const PLATFORM: [(&str, &str); 9] = [
    ("Adjust", "(amount: 10)"),
    ("HostDown", r#"(host: "h")"#),
    ("HostUp", r#"(host: "h")"#),
    ("NetworkDown", r#"(host: "h")"#),
    ("NetworkUp", r#"(host: "h")"#),
    ("HostJoin", r#"(host: "g", gpu_type: "NVIDIA A40", datacenter: "EU-RO-1")"#),
    ("HostLeave", r#"(host: "h")"#),
    ("ScheduleMaintenance", r#"(host: "h", start: "1d", end: "2d")"#),
    ("SetPrice", r#"(host: "h", minimumBid: 0.5)"#),
];

fn text(script: &str) -> String {
    format!(
        r#"(
        horizon: "10m",
        rules: (bid_change: allowed, container_start: "0s"),
        datacenters: [(id: "EU-RO-1", network_storage_gb: 1000)],
        fleet: [
            (names: ["h", "h2"], gpu_type: "NVIDIA RTX A6000", datacenter: "EU-RO-1"),
            (name: "h3", gpu_type: "NVIDIA RTX A4000", datacenter: "EU-RO-1"),
        ],
        accounts: [
            (name: "team", balance: 1000, team: "The Team", members: [
                (name: "Basic", role: Basic), (name: "Billing", role: Billing),
                (name: "Dev", role: Dev), (name: "Admin", role: Admin),
            ]),
            (name: "solo", balance: 100),
        ],
        endpoints: [
            (name: "e", account: "team", gpus: "RTX A4000", image_gb: 5),
            (name: "gone", account: "team", gpus: "RTX A4000", image_gb: 5, workers_max: 0),
        ],
        script: [
            (at: "0s", account: "team", do: SubmitJob(endpoint: "e", id: "j", execution: "5m")),
            (at: "0s", account: "team", do: CreatePod(name: "p", gpuTypeId: "NVIDIA RTX A6000")),
            (at: "0s", account: "team", do: CreatePod(name: "s", gpuTypeId: "NVIDIA RTX A6000")),
            (at: "0s", account: "team", do: CreateSpotPod(name: "b", gpuTypeId: "NVIDIA RTX A6000",
                bidPerGpu: 0.5)),
            (at: "1s", account: "team", do: StopPod(podId: "s")),
            (at: "1s", account: "team", do: CreateNetworkVolume(name: "v", size: 10,
                dataCenterId: "EU-RO-1")),
            {script}
        ],
    )"#
    )
}

fn scenario(script: &str) -> Scenario {
    from_text("team.ron", &text(script)).unwrap_or_else(|problems| panic!("{problems}"))
}

/// Why each action from 60 s on was refused: when, what, why.
fn refusals(script: &str) -> Vec<(SimTime, Operation, Refusal)> {
    let facts = build::run_audited(&scenario(script), 0);
    let refused = facts.iter().filter_map(|(at, fact)| match fact {
        Fact::Rejected { operation, reason, .. } => Some((*at, *operation, *reason)),
        _ => None,
    });
    refused.collect()
}

#[test]
fn team_03_each_role_may_what_the_table_says() {
    for (word, arguments, may) in TABLE {
        for (role, may) in ROLES.into_iter().zip(may) {
            let action = format!(
                r#"(at: "60s", account: "team", member: "{role}", do: {word}{arguments}),"#
            );
            let facts = build::run_audited(&scenario(&action), 0);
            let acts = facts.iter().any(|(_, fact)| match fact {
                Fact::MemberActs(MemberActs { operation, .. }) => operation.word() == word,
                _ => false,
            });
            assert!(acts, "{role}: {word} is said to be done by a member");
            let expected = match (may, word) {
                (false, _) => Some(Refusal::NotPermitted),
                // TEAM-01. It is a team already, whoever asks.
                (true, "ConvertToTeam") => Some(Refusal::IllegalState),
                (true, _) => None,
            };
            let refused: Vec<Refusal> = refusals(&action).iter().map(|(.., why)| *why).collect();
            assert_eq!(refused, expected.into_iter().collect::<Vec<_>>(), "{role}: {word}");
        }
    }
}

/// TEAM-03. No action is left out; what is the platform's own is no member's.
#[test]
fn team_03_every_action_has_its_place() {
    let mut known: Vec<&str> = TABLE.iter().map(|(word, ..)| *word).collect();
    known.extend(PLATFORM.iter().map(|(word, _)| *word));
    known.sort_unstable();
    let mut all = Operation::WORDS.to_vec();
    all.sort_unstable();
    assert_eq!(known, all);
    for (word, arguments) in PLATFORM {
        let account = if word == "Adjust" { r#"account: "team", "# } else { "" };
        let action = format!(r#"(at: "60s", {account}member: "Admin", do: {word}{arguments}),"#);
        let problems = from_text("team.ron", &text(&action)).expect_err(word).to_string();
        assert!(problems.contains("this action is the platform's own"), "{word}: {problems}");
    }
}

/// Case 53; SubmitJob is no action yet. GEN-14: `not_permitted` comes before `unknown`.
#[test]
fn case_53_what_dev_billing_and_basic_may() {
    let script = r#"
        (at: "60s", account: "team", member: "Dev", do: CreatePod(name: "n", gpuTypeId: "NVIDIA RTX A6000")),
        (at: "61s", account: "team", member: "Dev", do: Deposit(amount: 10)),
        (at: "62s", account: "team", member: "Billing", do: Deposit(amount: 10)),
        (at: "63s", account: "team", member: "Billing", do: StopPod(podId: "p")),
        (at: "64s", account: "team", member: "Basic", do: ConnectPod(podId: "p")),
        (at: "65s", account: "team", member: "Basic", do: StopPod(podId: "q")),
        (at: "70s", account: "solo", do: CreatePod(name: "q", gpuTypeId: "NVIDIA RTX A6000")),
    "#;
    let at = SimTime::from_seconds;
    let expected = [
        (at(61), Operation::Deposit, Refusal::NotPermitted),
        (at(63), Operation::StopPod, Refusal::NotPermitted),
        (at(65), Operation::StopPod, Refusal::NotPermitted),
    ];
    assert_eq!(refusals(script), expected);
    let outcome = harness::run(&scenario(script));
    let balance = outcome.balances.iter().find(|(name, _)| name == "team").expect("the team");
    assert!(Money::from_dollars(1009).nanos() < balance.1, "Billing's deposit is the team's");
}

/// TEAM-01. A personal account converts at any time, even drained, keeps its pods, its hold and its
/// debts, and never converts back; a team has no second conversion.
#[test]
fn team_01_a_drained_account_converts_and_keeps_what_it_has() {
    let script = r#"
        (at: "0s", account: "solo", do: CreatePod(name: "v", gpuTypeId: "NVIDIA RTX A6000", volumeInGb: 100)),
        (at: "1s", account: "solo", do: Adjust(amount: -1000)),
        (at: "5m", account: "solo", do: ConvertToTeam(team: "Solo and Friends")),
        (at: "5m", account: "solo", do: ConvertToTeam(team: "Twice")),
        (at: "6m", account: "solo", do: SetMember(member: "eve", role: Billing)),
        (at: "7m", account: "solo", member: "eve", do: Deposit(amount: 20)),
    "#;
    let told: Vec<(SimTime, &str)> = build::run_audited(&scenario(script), 0)
        .iter()
        .filter(|(at, _)| SimTime::ZERO < *at)
        .filter_map(|(at, fact)| match fact {
            Fact::AccountDrained { .. }
            | Fact::HoldEnded { .. }
            | Fact::ConvertedToTeam { .. }
            | Fact::MemberSet(MemberSet { role: MemberRole::Billing, .. })
            | Fact::Rejected { reason: Refusal::IllegalState, .. } => Some((*at, fact.word())),
            _ => None,
        })
        .collect();
    let drained = told[0].0;
    assert!(drained < SimTime::from_seconds(300), "drained first: {told:?}");
    let at = SimTime::from_seconds;
    let expected = [
        (drained, "account_drained"),
        (at(300), "converted_to_team"),
        (at(300), "rejected"),
        (at(360), "member_set"),
        (at(420), "hold_ended"),
    ];
    assert_eq!(told, expected);
}

/// TEAM-02. A personal account has no members; an invitation counts from its instant on, a new role
/// replaces the old one; the owner stays Admin. GEN-11: roles are set after what is freed or set, and before
/// what is asked for.
#[test]
fn team_02_members_join_by_invitation_and_roles_change() {
    let script = r#"
        (at: "60s", account: "solo", do: SetMember(member: "eve", role: Dev)),
        (at: "61s", account: "solo", member: "eve", do: CreatePod(name: "a", gpuTypeId: "NVIDIA RTX A6000")),
        (at: "62s", account: "team", member: "eve", do: StopPod(podId: "p")),
        (at: "63s", account: "team", member: "eve", do: CreatePod(name: "c", gpuTypeId: "NVIDIA RTX A6000")),
        (at: "63s", account: "team", member: "eve", do: StopPod(podId: "p")),
        (at: "63s", account: "team", member: "Admin", do: SetMember(member: "eve", role: Dev)),
        (at: "64s", account: "team", member: "eve", do: StopPod(podId: "p")),
        (at: "65s", account: "team", member: "Dev", do: SetMember(member: "eve", role: Admin)),
        (at: "66s", account: "team", do: SetMember(member: "Admin", role: Basic)),
        (at: "67s", account: "team", member: "Admin", do: SetMember(member: "Admin", role: Admin)),
        (at: "68s", account: "team", do: TerminatePod(podId: "c")),
    "#;
    let at = SimTime::from_seconds;
    let expected = [
        (at(60), Operation::SetMember, Refusal::IllegalState),
        (at(61), Operation::CreatePod, Refusal::NotPermitted),
        (at(62), Operation::StopPod, Refusal::NotPermitted),
        (at(63), Operation::StopPod, Refusal::NotPermitted),
        (at(65), Operation::SetMember, Refusal::NotPermitted),
        (at(67), Operation::SetMember, Refusal::NotPermitted),
    ];
    assert_eq!(refusals(script), expected);
}

#[test]
fn team_01_team_02_what_the_check_says() {
    let wrong = |found: &str, with: &str| {
        let text = text("").replace(r#"(name: "solo", balance: 100),"#, found);
        let problems = from_text("team.ron", &text).expect_err(found).to_string();
        assert!(problems.contains(with), "{found}: {problems}");
    };
    wrong(
        r#"(name: "solo", members: [(name: "eve", role: Dev)])"#,
        "members of a personal account",
    );
    wrong(r#"(name: "solo", team: " ")"#, "team without a name");
    wrong(r#"(name: "solo", team: "S", members: [(name: "eve")])"#, "missing field `role`");
    wrong(r#"(name: "solo", team: "S", members: [(role: Dev)])"#, "missing field `name`");
    wrong(
        r#"(name: "solo", team: "S", members: [(name: "eve", role: Boss)])"#,
        "one of Basic, Billing, Dev, Admin",
    );
    let twice =
        r#"(name: "solo", team: "S", members: [(name: "e", role: Dev), (name: "e", role: Dev)])"#;
    wrong(twice, "duplicate member `e`");
    let acts = |action: &str, with: &str| {
        let problems = from_text("team.ron", &text(action)).expect_err(action).to_string();
        assert!(problems.contains(with), "{action}: {problems}");
    };
    acts(
        r#"(at: "60s", account: "team", member: "Dave", do: StopPod(podId: "p")),"#,
        "did you mean `Dev`",
    );
    acts(
        r#"(at: "60s", account: "solo", member: "Dev", do: StopPod(podId: "p")),"#,
        "no member at all",
    );
    acts(r#"(at: "60s", account: "solo", do: ConvertToTeam()),"#, "missing field `team`");
    acts(r#"(at: "60s", account: "solo", do: ConvertToTeam(team: "")),"#, "team without a name");
    acts(r#"(at: "60s", account: "team", do: SetMember(role: Dev)),"#, "missing field `member`");
    acts(r#"(at: "60s", account: "team", do: SetMember(member: "e")),"#, "missing field `role`");
}
