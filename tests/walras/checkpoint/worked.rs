//! Cases worked by hand. Unless said: checkpoints of 30 s after each 600 s of work, restarts of 60 s, one
//! GPU, an hour of work; so a cycle is 630 s, five checkpoints are written, and nothing else happening the
//! work is done at 3600 + 5 · 30 = 3750.

use super::{history, market, read};
use crate::build;
use walras::journal::Fact;

const TERMS: &str = r#"policy: interval("600s"), cost: "30s", restart: "60s""#;

/// An on-demand pod that takes both GPUs at this instant, for a minute.
fn rival(name: &str, at: &str) -> String {
    format!(
        r#"(at: "{at}", account: "a", do: CreatePod(name: "{name}", gpuCount: 2, work: "1m",
            gpuTypeId: "NVIDIA RTX A6000", patience: "1m")),"#
    )
}

fn act(at: &str, action: &str) -> String {
    format!(r#"(at: "{at}", account: "a", do: {action}),"#)
}
fn resume(at: &str) -> String {
    act(at, r#"ResumeSpotPod(podId: "p", bidPerGpu: 0.5)"#)
}
fn host(at: &str, action: &str) -> String {
    format!(r#"(at: "{at}", do: {action}(host: "h")),"#)
}

/// Under these terms this happens, and that is told of the pod.
fn check(terms: &str, script: &str, told: &[&str]) {
    check_market("", (1, terms), script, told);
}
fn check_market(rules: &str, pod: (u32, &str), script: &str, told: &[&str]) {
    let expected: String = told.iter().map(|line| format!("{line}\n")).collect();
    assert_eq!(history(&market(rules, pod, script)), expected, "{pod:?} {script}");
}

/// POD-20. No checkpoint is written after the last stretch of work, for then the work is done.
#[test]
fn pod_20_work_takes_its_time_and_that_of_its_checkpoints() {
    check(TERMS, "", &["3750: completed, useful 3750, lost 0, overhead 150"]);
    let free = r#"policy: interval("600s")"#;
    check(free, "", &["3600: completed, useful 3600, lost 0, overhead 0"]);
    let one = r#"policy: interval("3599.999999s"), cost: "30s""#;
    check(one, "", &["3630: completed, useful 3630, lost 0, overhead 30"]);
    let none = r#"policy: interval("1h"), cost: "30s""#;
    check(none, "", &["3600: completed, useful 3600, lost 0, overhead 0"]);
    check("", "", &["3600: completed, useful 3600, lost 0, overhead 0"]);
}

/// POD-20. SIGTERM at 1000, SIGKILL at 1010: of 980 s worked, 600 s are on the volume. The resume opens
/// with a restart, and writes four more checkpoints: 2000 + 60 + 3000 + 4 · 30 = 5180.
#[test]
fn pod_20_what_no_checkpoint_holds_is_lost_and_done_again() {
    let script = [rival("r", "1000s"), resume("2000s")].concat();
    check(
        TERMS,
        &script,
        &[
            "1010: displaced_by_on_demand, useful 630, lost 380, overhead 30",
            "5180: completed, useful 3180, lost 0, overhead 180",
        ],
    );
    // Without checkpoints all of it.
    let never = [
        "1010: displaced_by_on_demand, useful 0, lost 1010, overhead 0",
        "5660: completed, useful 3660, lost 0, overhead 60",
    ];
    check(r#"restart: "60s""#, &script, &never);
}

/// POD-20. A checkpoint counts once it is whole, at that very instant, and not before.
#[test]
fn pod_20_a_checkpoint_counts_once_it_is_whole() {
    let within = ["615: displaced_by_on_demand, useful 15, lost 600, overhead 15"];
    check(TERMS, &rival("r", "605s"), &within);
    let whole = ["630: displaced_by_on_demand, useful 630, lost 0, overhead 30"];
    check(TERMS, &rival("r", "620s"), &whole);
    let sooner =
        ["629.999999: displaced_by_on_demand, useful 29.999999, lost 600, overhead 29.999999"];
    check(TERMS, &rival("r", "619.999999s"), &sooner);
}

/// POD-20. A restart that is interrupted loses nothing but its time, and begins anew.
#[test]
fn pod_20_a_restart_that_is_interrupted_begins_anew() {
    let script = [rival("r", "1000s"), resume("2000s"), rival("s", "2030s"), resume("3000s")];
    check(
        TERMS,
        &script.concat(),
        &[
            "1010: displaced_by_on_demand, useful 630, lost 380, overhead 30",
            "2040: displaced_by_on_demand, useful 40, lost 0, overhead 40",
            "6180: completed, useful 3180, lost 0, overhead 180",
        ],
    );
    // The grace brings its end, and work that is lost.
    let script = [rival("r", "1000s"), resume("2000s"), rival("s", "2055s")].concat();
    check(
        TERMS,
        &script,
        &[
            "1010: displaced_by_on_demand, useful 630, lost 380, overhead 30",
            "2065: displaced_by_on_demand, useful 60, lost 5, overhead 60",
        ],
    );
}

/// SPOT-07. What takes as long as the grace is whole by SIGKILL; what takes a microsecond longer is not
/// begun, and the pod works on in vain.
#[test]
fn spot_07_on_sigterm_a_checkpoint_is_written_if_it_fits_the_grace() {
    let terms =
        |policy: &str, cost: &str| format!(r#"policy: {policy}, cost: "{cost}", on_sigterm: true"#);
    let every = "interval(\"600s\")";
    check(
        &terms(every, "10s"),
        &rival("r", "1000s"),
        &[
            "1000: begins a checkpoint of 990, whole at 1010",
            "1010: displaced_by_on_demand, useful 1010, lost 0, overhead 20",
        ],
    );
    let too_long = ["1010: displaced_by_on_demand, useful 610.000001, lost 399.999999, \
                     overhead 10.000001"];
    check(&terms(every, "10.000001s"), &rival("r", "1000s"), &too_long);
    // Whole at 1004: the last six seconds are lost. The resume does what is left after 996 s: 2604 s of
    // work, four checkpoints.
    check(
        &terms(every, "4s"),
        &[rival("r", "1000s"), resume("2000s")].concat(),
        &[
            "1000: begins a checkpoint of 996, whole at 1004",
            "1010: displaced_by_on_demand, useful 1004, lost 6, overhead 8",
            "4620: completed, useful 2620, lost 0, overhead 16",
        ],
    );
    // The only one that is written.
    check(
        &terms("never", "4s"),
        &rival("r", "1000s"),
        &[
            "1000: begins a checkpoint of 1000, whole at 1004",
            "1010: displaced_by_on_demand, useful 1004, lost 6, overhead 4",
        ],
    );
}

/// SPOT-07. None is begun at SIGTERM where another is being written already, where nothing would be kept
/// by it, or where the work is done within the grace.
#[test]
fn spot_07_on_sigterm_no_checkpoint_is_begun_in_vain() {
    let terms = r#"policy: interval("600s"), cost: "8s", restart: "60s", on_sigterm: true"#;
    // 600 to 608: it goes on, then six seconds of work.
    let written = ["614: displaced_by_on_demand, useful 608, lost 6, overhead 8"];
    check(terms, &rival("r", "604s"), &written);
    check(
        terms,
        &rival("r", "600s"),
        &["610: displaced_by_on_demand, useful 608, lost 2, overhead 8"],
    );
    check(
        terms,
        &rival("r", "608s"),
        &["618: displaced_by_on_demand, useful 608, lost 10, overhead 8"],
    );
    // In the restart, which ends at 1060, all is on the volume.
    let script = [rival("r", "608s"), resume("1000s"), rival("s", "1055s")].concat();
    check(
        terms,
        &script,
        &[
            "618: displaced_by_on_demand, useful 608, lost 10, overhead 8",
            "1065: displaced_by_on_demand, useful 60, lost 5, overhead 60",
        ],
    );
    // Case 66: done at 3640, before and at SIGKILL.
    let done = ["3640: completed, useful 3640, lost 0, overhead 40"];
    check(terms, &rival("r", "3635s"), &done);
    check(terms, &rival("r", "3630s"), &done);
    check(
        terms,
        &rival("r", "3629.999999s"),
        &[
            "3629.999999: begins a checkpoint of 3589.999999, whole at 3637.999999",
            "3639.999999: displaced_by_on_demand, useful 3637.999999, lost 2, overhead 48",
        ],
    );
}

/// HOST-03, POD-15. A power loss and a reset do not end the rental. Neither gives time for a checkpoint.
#[test]
fn host_03_and_pod_15_memory_is_lost_without_notice() {
    let terms = format!("{TERMS}, on_sigterm: true");
    // 370 s since the first checkpoint; 1500 + 60 + 3000 + 4 · 30.
    let power = [host("1000s", "HostDown"), host("1500s", "HostUp")].concat();
    check(&terms, &power, &["4680: completed, useful 3810, lost 370, overhead 210"]);
    let reset = act("1000s", r#"ResetPod(podId: "p")"#);
    check(&terms, &reset, &["4180: completed, useful 3810, lost 370, overhead 210"]);
    // Before the first checkpoint a restart begins from nothing, and takes its time all the same.
    let reset = act("500s", r#"ResetPod(podId: "p")"#);
    check(&terms, &reset, &["4310: completed, useful 3810, lost 500, overhead 210"]);
    // In grace, while the checkpoint of SIGTERM is written, so that nothing of it counts.
    let short = r#"policy: never, cost: "8s", on_sigterm: true"#;
    let script = [rival("r", "1000s"), host("1007s", "HostDown")].concat();
    check(
        short,
        &script,
        &[
            "1000: begins a checkpoint of 1000, whole at 1008",
            "1007: displaced_by_on_demand, useful 7, lost 1000, overhead 7",
        ],
    );
}

/// POD-10. An owner who stops gets no notice. POD-17, STOR-07: who terminates loses the volume, and what
/// this rental put there; what an earlier one did stands in its row.
#[test]
fn stor_07_a_stop_keeps_the_volume_and_a_termination_does_not() {
    let stop = act("1000s", r#"StopPod(podId: "p")"#);
    let stopped = "1000: stopped, useful 630, lost 370, overhead 30";
    check(TERMS, &stop, &[stopped]);
    let terminate = |at: &str| act(at, r#"TerminatePod(podId: "p")"#);
    let terminated = ["1000: terminated, useful 30, lost 970, overhead 30"];
    check(TERMS, &terminate("1000s"), &terminated);
    let later = [stop, resume("2000s"), terminate("2800s")].concat();
    let terminated = "2800: terminated, useful 90, lost 710, overhead 90";
    check(TERMS, &later, &[stopped, terminated]);
    // SPOT-09.
    let killed = ["1010: displaced_by_on_demand, useful 30, lost 980, overhead 30"];
    check_market("displaced: terminate", (1, TERMS), &rival("r", "1000s"), &killed);
    let resumed = [
        "1010: displaced_by_on_demand, useful 630, lost 380, overhead 30",
        "4250: completed, useful 3180, lost 0, overhead 180",
    ];
    check_market("displaced: resume", (1, TERMS), &rival("r", "1000s"), &resumed);
}

/// POD-20. Work is GPU-time, an interval is time: two GPUs save 1200 GPU-seconds in 600 s. The other 6000
/// take one GPU 2000 + 60 + 6000 + 9 · 30.
#[test]
fn pod_20_checkpoints_come_in_time_and_save_gpu_time() {
    let fewer = r#"ResumeSpotPod(podId: "p", bidPerGpu: 0.5, gpuCount: 1)"#;
    let script = [act("1000s", r#"StopPod(podId: "p")"#), act("2000s", fewer)].concat();
    let told = [
        "1000: stopped, useful 1260, lost 740, overhead 60",
        "8330: completed, useful 6330, lost 0, overhead 330",
    ];
    check_market("", (2, TERMS), &script, &told);
    // POD-13. Without a GPU nothing is done or lost, and the next start is a restart.
    let script = [
        act("1000s", r#"StopPod(podId: "p")"#),
        act("1100s", r#"ResumePod(podId: "p", gpuCount: 0)"#),
        act("1900s", r#"StopPod(podId: "p")"#),
        act("2000s", fewer),
    ];
    let told = [told[0], "1900: stopped, useful 0, lost 0, overhead 0", told[1]];
    check_market("", (2, TERMS), &script.concat(), &told);
}

/// POD-25. On a GPU of half the speed there is twice the work to do, in twice as many intervals of time:
/// 7200 + 11 · 30.
#[test]
fn pod_25_an_interval_is_time_on_the_gpu_that_the_pod_got() {
    let scenario = read(&format!(
        r#"(
            horizon: "1d", sample_every: None,
            rules: (container_start: "0s", work_speed: relative),
            gpu_types: [
                (id: "fast", memory_gb: 48, relative_speed: 1, secure: (price: 1)),
                (id: "slow", memory_gb: 48, relative_speed: 0.5, secure: (price: 0.5)),
            ],
            fleet: [(gpu_type: "slow", datacenter: "EU-RO-1")],
            accounts: [(name: "a", balance: 1000)],
            script: [(at: "0s", account: "a", do: CreatePod(name: "p", work: "1h",
                gpuTypeId: ["fast", "slow"], volumeInGb: 20, checkpoint: ({TERMS})))],
        )"#
    ));
    let told = "7530: completed, useful 7530, lost 0, overhead 330\n";
    assert_eq!(history(&scenario), told);
}

/// POD-24. Who has run for as long as it may gets SIGTERM like any victim.
#[test]
fn pod_24_the_longest_run_gives_time_for_a_checkpoint() {
    let told = [
        "1860: begins a checkpoint of 1850, whole at 1865",
        "1870: outbid, useful 1865, lost 5, overhead 15",
        "3635: completed, useful 1765, lost 0, overhead 15",
    ];
    let terms = r#"policy: interval("800s"), cost: "5s", restart: "5s", on_sigterm: true"#;
    check_market(r#"displaced: resume, longest_run: "31m""#, (1, terms), "", &told);
}

/// HOST-04. Checkpoints need no network. Work that ends out of reach completes when the host is back, and
/// no checkpoint is written any more.
#[test]
fn host_04_work_goes_on_without_the_network() {
    let cut = |from: &str, to: &str| [host(from, "NetworkDown"), host(to, "NetworkUp")].concat();
    let told = ["3750: completed, useful 3750, lost 0, overhead 150"];
    check(TERMS, &cut("500s", "3000s"), &told);
    let told = ["9000: completed, useful 9000, lost 0, overhead 150"];
    check(TERMS, &cut("500s", "9000s"), &told);
}

/// POD-20. A pod that is stopped when its work is done has its result: a resume ends after its restart.
#[test]
fn pod_20_a_result_is_kept() {
    let mut scenario = market("", (1, TERMS), &resume("5000s"));
    for action in &mut scenario.script {
        if let walras::scenario::model::ActionKind::CreatePod(create) = &mut action.kind {
            create.on_done = walras::scenario::demand::OnDone::Stop;
        }
    }
    let told = "3750: completed, useful 3750, lost 0, overhead 150\n\
                5060: completed, useful 60, lost 0, overhead 60\n";
    assert_eq!(history(&scenario), told);
}

/// The horizon finds a rental alive: its overhead is told as it stands.
#[test]
fn an_unfinished_rental_tells_its_overhead() {
    let mut scenario = market("", (1, TERMS), "");
    scenario.horizon = walras::units::SimTime::from_seconds(1_270);
    assert_eq!(history(&scenario), "1270: alive, useful 1270, lost 0, overhead 60\n");
}

/// STOR-07. A trace's pod without a volume writes no checkpoints, whatever its segment does.
#[test]
fn stor_07_a_pod_of_a_trace_without_a_volume_writes_none() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("jobs.csv");
    let jobs = "arrival_s,duration_s,gpus,volume_gb\n0,3600,1,0\n0,3600,1,9\n";
    std::fs::write(&path, jobs).unwrap();
    let scenario = read(&format!(
        r#"(
            horizon: "1d", sample_every: None, rules: (container_start: "0s"),
            fleet: [(name: "h", gpu_type: "NVIDIA RTX A6000", datacenter: "EU-RO-1")],
            customers: [(name: "c", balance: 1000, gpu_type: "NVIDIA RTX A6000",
                arrivals: Replay(path: {path:?}), checkpoint: ({TERMS}))],
        )"#
    ));
    let ends = build::run_audited(&scenario, 0).into_iter();
    let ends = ends.filter(|(_, fact)| matches!(fact, Fact::RentalEnded(_)));
    let ends: Vec<String> = ends.map(|(at, _)| at.to_string()).collect();
    assert_eq!(ends, ["3600", "3750"]);
}

/// POD-20. A pod that stops when its work is done keeps the result: a later rental that loses its memory
/// loses nothing of it, checkpoints or not.
#[test]
fn pod_20_the_result_of_work_that_is_done_is_not_lost_later() {
    for checkpoint in ["", r#"checkpoint: (policy: interval("600s")),"#] {
        let scenario = read(&format!(
            r#"(
                horizon: "1h", sample_every: None, rules: (container_start: "0s"),
                fleet: [(name: "h", gpu_type: "NVIDIA RTX A6000", datacenter: "EU-RO-1", gpus: 2)],
                accounts: [(name: "a", balance: 1000)],
                script: [
                    (at: "0s", account: "a", do: CreatePod(name: "p", work: "7s", on_done: stop,
                        gpuTypeId: "NVIDIA RTX A6000", volumeInGb: 20, {checkpoint})),
                    (at: "60s", account: "a", do: ResumePod(podId: "p", gpuCount: 0)),
                    {down} {up}
                ],
            )"#,
            down = host("61s", "HostDown"),
            up = host("81s", "HostUp"),
        ));
        let told = history(&scenario);
        let expected = "7: completed, useful 7, lost 0, overhead 0\n\
                        3600: alive, useful 0, lost 0, overhead 0\n";
        assert_eq!(told, expected, "{checkpoint}");
    }
}
