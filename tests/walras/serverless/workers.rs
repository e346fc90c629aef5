//! Rules of workers that no worked example proves: failing starts, models, binding, losses, prices.

use super::play::Play;
use walras::rng::draw::Distribution;
use walras::scenario::rules::Rules;
use walras::scenario::rules::serverless::{
    ActivePriceWhen, Binding, FlashLaw, ScaleDown, ServerlessRules, WakePlacement,
    WorkerPriceChange, WorkersAtLine,
};
use walras::serverless::answer;
use walras::units::{Money, Share, Span};

/// SLS-25. An unhealthy worker is tried again after 1, 2, 4 … 64 h, together at most 7 d, then its slot is replaced.
#[test]
fn sls_25_retries_double_and_end() {
    let told = Play::new(r#"workers_max: 1, ttl: "7d""#)
        .horizon("7d")
        .rule(|rules| {
            rules.serverless.crash_probability = Share::from_billionths(1_000_000_000);
            rules.serverless.extra_workers = 0;
        })
        .jobs("0 5s")
        .told();
    let woken: Vec<(u32, u64)> = told
        .stopped
        .iter()
        .map(|row| (row.slot, row.woken.expect("it was woken").micros() / 1_000_000))
        .collect();
    // So many hours, and 3 s of each start before.
    let hours = [0, 1, 3, 7, 15, 31, 63, 127];
    let mut expected: Vec<(u32, u64)> =
        (0..).zip(hours).map(|(starts, hours)| (1, hours * 3600 + starts * 3)).collect();
    let first: Vec<(u32, u64)> = (0..)
        .zip([0, 1, 3, 7, 15, 31])
        .map(|(starts, hours)| (2, 127 * 3600 + 24 + hours * 3600 + starts * 3))
        .collect();
    expected.extend(first);
    assert_eq!(woken, expected);
}

/// SLS-26. A model that is downloaded is at each start; one of the host's cache is pulled with the image.
#[test]
fn sls_26_where_a_model_comes_from() {
    // 4 GB at 1 Gbit/s: 32 s, then 2 s of loading.
    let told = Play::new("model_source: Download").jobs("0 5s; 100 5s").told();
    told.runs("s1 0/35/45 45 s 0.0072; s1 100/135/145 45 s 0.0072");
    let create =
        r#"CreateEndpoint(name: "e", gpus: "RTX A4000", image_gb: 5, model_source: HostCache)"#;
    let told = Play::new("").without_endpoint().act("0", create).jobs("10 5s").told();
    told.runs("s1 72/75/85 13 s 0.00208");
}

/// SLS-27. By chance the cold start is the least or the whole, the same on average; an update voids snapshots.
#[test]
fn sls_27_the_law_of_chance_and_void_snapshots() {
    let rules = ServerlessRules { flash_law: FlashLaw::Chance, ..ServerlessRules::default() };
    let whole = Span::from_seconds(3);
    // Halfway between hold and expiry.
    let since = Span::from_seconds(1830);
    let cold = |chance| answer::flash(&rules, whole, (since, chance));
    assert_eq!(cold(0.499), Span::from_micros(500_000));
    assert_eq!(cold(0.5), whole);
    let told =
        Play::new("flashboot: true").jobs("0 5s; 30 5s").update("20", "concurrency: 1").told();
    told.runs("s1 0/3/13 13 s 0.00208; s1 30/33/43 13 s 0.00208");
}

/// SLS-22. Woken on its bound host alone, a slot waits for that host; else it moves.
#[test]
fn sls_22_where_a_slot_is_woken() {
    let play = || {
        Play::new("workers_max: 1")
            .rule(|rules| rules.serverless.extra_workers = 0)
            .hosts(2, 1)
            .horizon("100s")
            .act("1", r#"CreatePod(name: "p", gpuTypeId: "NVIDIA RTX A4000", cloudType: SECURE)"#)
            .act("20", r#"TerminatePod(podId: "p")"#)
            .jobs("2 5s")
    };
    play().told().runs("s1@h2 42/45/55 13 s 0.00208");
    let bound = play().rule(|rules| rules.serverless.wake_placement = WakePlacement::BoundOnly);
    bound.told().runs("s1@h1 20/23/33 13 s 0.00208");
}

/// SLS-31. Under early binding each job wakes a worker of its own, and waits for it alone.
#[test]
fn sls_31_early_binding() {
    let early: fn(&mut Rules) = |rules| rules.serverless.binding = Binding::Early;
    let told = Play::new("").rule(early).jobs("0 5s; 1 5s; 2 5s; 3 5s").told();
    told.jobs("j1 3–8 s1 cold; j2 4–9 s2 cold; j3 5–10 s3 cold; j4 8–13 s1");
    // A job whose worker is lost is bound to nobody.
    let told = Play::new("workers_max: 2")
        .rule(early)
        .hosts(2, 1)
        .jobs("0 5s; 1 5s")
        .platform("2", r#"HostDown(host: "h2")"#)
        .horizon("100s")
        .told();
    told.jobs("j1 3–8 s1 cold; j2 8–13 s1");
}

/// SLS-32. With a period what is due is done at its next multiple.
#[test]
fn sls_32_a_scaler_with_a_period() {
    let play = |jobs: &str| {
        let play = Play::new("").jobs(jobs);
        play.rule(|rules| rules.serverless.scaler_period = Span::from_seconds(10)).told()
    };
    play("1 5s").runs("s1 10/13/23 13 s 0.00208");
    play("10 5s").runs("s1 10/13/23 13 s 0.00208");
}

/// SLS-35. At once: under request count an idle worker that is not needed stops.
#[test]
fn sls_35_scaling_down_at_once() {
    let told = Play::new("scaler: RequestCount(1)")
        .rule(|rules| rules.serverless.scale_down = ScaleDown::AtOnce)
        .jobs("0 5s; 0 10s")
        .told();
    told.runs("s1 0/3/8 8 s 0.00128; s2 0/3/13 13 s 0.00208");
}

/// SLS-36. Where the rules say that flex workers displace nobody they wait.
#[test]
fn sls_36_workers_that_displace_nobody() {
    let spot = r#"CreateSpotPod(name: "v", gpuTypeId: "NVIDIA RTX A4000", cloudType: SECURE, bidPerGpu: 0.34)"#;
    let play = |settings: &str| {
        Play::new(settings)
            .rule(|rules| rules.serverless.workers_displace_spot = (true, false))
            .hosts(1, 1)
            .horizon("99.5s")
            .act("0", spot)
    };
    play("").jobs("10 5s").told().runs("").steps("10 s1 throttled");
    let active = play("").update("10", "workers_min: 1").told();
    active.runs("s1 15/18/99.5 85 s 0.00935 active alive");
}

/// SLS-38. Until a loss is noticed its jobs are in progress.
#[test]
fn sls_38_losses_are_noticed_later() {
    let play = Play::new("workers_max: 1")
        .rule(|rules| rules.serverless.worker_loss_detection = Span::from_seconds(10))
        .hosts(2, 1)
        .jobs("0 10s")
        .platform("7.4", r#"HostDown(host: "h1")"#);
    let told = play.told();
    told.runs("s1@h1 0/3/7.4 8 s 0.00128 host_down; s1@h2 17.4/20.4/35.4 18 s 0.00288")
        .jobs("j1 20.4–30.4 s1 cold")
        .steps_of("requeued", "17.4 j1 requeued");
    // Until then its slots are bound to the host: another is woken for a job that comes meanwhile.
    let told = play.jobs("8 5s").told();
    told.runs("s1@h1 0/3/7.4 8 s 0.00128 host_down; s2@h2 8/11/32.4 25 s 0.004")
        .jobs("j1 17.4–27.4 s2; j2 11–16 s2 cold");
}

/// SLS-39, SLS-17. What cuts a worker off ends it; a host that leaves with notice lets it end its work, and has
/// none woken.
#[test]
fn sls_39_hosts_that_are_cut_off_or_leave() {
    let told = Play::new("workers_max: 1")
        .hosts(2, 1)
        .jobs("0 10s")
        .platform("7.4", r#"NetworkDown(host: "h1")"#)
        .told();
    told.runs("s1@h1 0/3/7.4 8 s 0.00128 network_down; s1@h2 7.4/10.4/25.4 18 s 0.00288");
    let told = Play::new("workers_max: 1")
        .hosts(2, 1)
        .jobs("0 100s; 200 5s")
        .platform("5", r#"HostLeave(host: "h1", notice: "50s")"#)
        .told();
    told.runs("s1@h1 0/3/55 55 s 0.0088 host_left; s1@h2 55/58/163 108 s 0.01728; s1@h2 200/203/213 13 s 0.00208");
}

/// SLS-41, SLS-42. Seconds of an active worker that begin with a job cost the flex price, where only those without
/// are cheaper.
#[test]
fn sls_41_an_active_price_for_idle_seconds_alone() {
    let told = Play::new("workers_min: 1")
        .rule(|rules| rules.serverless.active_price_when = ActivePriceWhen::NotWorking)
        .horizon("99.5s")
        .jobs("10 5s; 20.5 5s")
        .told();
    // 10 to 14, and 21 to 25: ten seconds at 0.00016, ninety at 0.00011.
    told.runs("s1 0/3/99.5 100 s 0.0115 active alive");
}

/// SLS-42. New prices for new runs alone.
#[test]
fn sls_42_prices_of_new_runs_alone() {
    let told = Play::new("")
        .rule(|rules| rules.serverless.worker_price_change = WorkerPriceChange::NewRuns)
        .jobs("0 5s; 20 5s")
        .platform("5.5", r#"SetPrice(workerClass: "AMPERE_16", flex: 0.0002)"#)
        .told();
    told.runs("s1 0/3/13 13 s 0.00208; s1 20/23/33 13 s 0.0026");
}

/// SLS-42. An account with a discount pays less for seconds that begin before it ends.
#[test]
fn sls_42_a_discount_of_the_account() {
    let told = Play::new("")
        .accounts(r#"(name: "a", balance: 1000, serverless_discount: (0.3, "5.5s")),"#)
        .jobs("0 5s")
        .told();
    // 6 × 0.000112 + 7 × 0.00016.
    told.runs("s1 0/3/13 13 s 0.001792");
}

/// SLS-46. At the line busy workers stop at once, where the rules say so; else money that comes in revokes their
/// draining.
#[test]
fn sls_46_at_the_line() {
    let poor = |rule: fn(&mut Rules)| {
        Play::new("")
            .balance("0.2")
            .rule(|rules| rules.serverless.serverless_disk_price = Money::ZERO)
            .rule(rule)
            .jobs(r#"0 2000s executionTimeout: "5000s""#)
    };
    let stop = poor(|rules| rules.serverless.workers_at_line = WorkersAtLine::Stop).told();
    // 0.2 − 651 × 0.00016 = 0.09584.
    stop.runs("s1 0/3/651 651 s 0.10416 no_funds").jobs("j1 3–651 s1 cold FAILED (no_funds)");
    let told = poor(|_| {}).act("700", "Deposit(amount: 10)").jobs("2003 5s").told();
    told.runs("s1 0/3/2013 2013 s 0.32208").jobs("j1 3–2003 s1 cold; j2 2003–2008 s1");
}

/// SLS-23, SLS-24. A start of a random length is drawn for each waking, and billed.
#[test]
fn sls_24_a_start_of_a_random_length() {
    let told = Play::new("model_gb: 0")
        .rule(|rules| {
            rules.serverless.worker_container_start = Distribution::Uniform { low: 1.0, high: 2.0 };
        })
        .jobs("0 5s; 100 5s")
        .told();
    let starts: Vec<u64> = told
        .stopped
        .iter()
        .map(|row| (row.ready.expect("ready") - row.woken.expect("woken")).micros())
        .collect();
    assert!(starts.iter().all(|start| (1_000_000..2_000_000).contains(start)), "{starts:?}");
    assert_ne!(starts[0], starts[1]);
}
