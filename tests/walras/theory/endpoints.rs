//! Endpoints as queues: fixed workers without a cold start are M/M/c and M/D/c; workers that come with a request
//! and go after an idle timeout are a renewal process, or SimFaaS's model.

use super::assert_within;
use crate::build;
use statrs::function::gamma::ln_gamma;
use walras::journal::fact::RequestStatus;
use walras::journal::{Fact, Sink};
use walras::scenario::Scenario;
use walras::scenario::load::from_text;
use walras::units::SimTime;

const REPLICATIONS: u64 = 20;

/// What requests of the time after the warm-up met, and how many workers were there.
struct Seen {
    warm_up: SimTime,
    horizon: SimTime,
    served: u32,
    cold: u32,
    waited_s: f64,
    /// Worker-seconds awake after the warm-up, and with a job.
    awake_s: f64,
    busy_s: f64,
}

impl Seen {
    fn new(scenario: &Scenario) -> Self {
        Self {
            warm_up: SimTime::from_micros(scenario.horizon.micros() / 10),
            horizon: scenario.horizon,
            served: 0,
            cold: 0,
            waited_s: 0.0,
            awake_s: 0.0,
            busy_s: 0.0,
        }
    }
    fn cold_share(&self) -> f64 {
        f64::from(self.cold) / f64::from(self.served)
    }
    fn mean_wait_s(&self) -> f64 {
        self.waited_s / f64::from(self.served)
    }
    fn measured_s(&self) -> f64 {
        (self.horizon - self.warm_up).as_seconds_f64()
    }
}

impl Sink for Seen {
    fn hear(&mut self, at: SimTime, fact: &Fact) {
        match fact {
            Fact::RequestEnded(ended) if ended.status == RequestStatus::Completed => {
                let Some(started) = ended.started else { return };
                let from = started.max(self.warm_up);
                self.busy_s += at.saturating_since(from).as_seconds_f64();
                if self.warm_up <= ended.submitted {
                    self.served += 1;
                    self.cold += u32::from(ended.cold_start);
                    self.waited_s += (started - ended.submitted).as_seconds_f64();
                }
            }
            Fact::WorkerStopped(stopped) => {
                let from = stopped.woken.unwrap_or(at).max(self.warm_up);
                self.awake_s += at.saturating_since(from).as_seconds_f64();
            }
            _ => {}
        }
    }
}

fn replicate(scenario: &Scenario, figure: impl Fn(&Seen) -> f64) -> Vec<f64> {
    let one = |replication| {
        let mut seen = Seen::new(scenario);
        build::run(scenario, replication, &mut seen);
        figure(&seen)
    };
    (0..REPLICATIONS).map(one).collect()
}

/// A market with one endpoint: its own fields, the rules beside the usual ones, its requests.
fn endpoint(horizon: &str, (rules, fields, requests): (&str, &str, &str)) -> Scenario {
    let text = format!(
        r#"(
            horizon: "{horizon}",
            sample_every: None,
            rules: (worker_quota: None, rate_run: None, {rules}),
            fleet: [(gpu_type: "NVIDIA RTX A4000", count: 4, gpus: 16, datacenter: "EU-RO-1")],
            accounts: [(name: "a", balance: 100000000)],
            endpoints: [(name: "e", account: "a", gpus: "NVIDIA RTX A4000", model_gb: 0, {fields})],
            requests: [(endpoint: "e", {requests})],
        )"#
    );
    from_text("theory.ron", &text).unwrap_or_else(|problems| panic!("{problems}"))
}

/// Fixed workers that are ready from the start.
fn fixed(workers: u32, load: f64, execution: &str) -> Scenario {
    let rate = load * f64::from(workers);
    let seconds = (120_000.0 / rate) as u64;
    let fields = format!("workers_min: {workers}, workers_max: {workers}");
    let requests = format!(r#"arrivals: Poisson(rate: "{rate}/s"), execution: {execution}"#);
    let rules = r#"worker_container_start: "0s""#;
    endpoint(&format!("{seconds}s"), (rules, &fields, &requests))
}

/// Erlang C: the mean wait in mean executions.
fn erlang_c(workers: u32, load: f64) -> f64 {
    let offered = load * f64::from(workers);
    let b = (1..=workers).fold(1.0, |b, k| offered * b / (f64::from(k) + offered * b));
    let waits = b / (1.0 - load * (1.0 - b));
    waits / (f64::from(workers) * (1.0 - load))
}

#[test]
fn erlang_c_is_the_wait_for_fixed_workers() {
    for (workers, load) in [(1, 0.7), (5, 0.8), (20, 0.9)] {
        let scenario = fixed(workers, load, r#"Exponential(mean: "1s")"#);
        assert_within(&replicate(&scenario, Seen::mean_wait_s), erlang_c(workers, load));
    }
}

/// The probability that a Poisson number of this mean is at least `least`.
fn at_least(least: u32, mean: f64) -> f64 {
    // Summed from its first term on, for what is left of 1 has no digits where it is small.
    let first = f64::from(least);
    let mut term = (first * mean.ln() - mean - ln_gamma(first + 1.0)).exp();
    let mut sum = 0.0;
    for k in least.. {
        sum += term;
        term *= mean / f64::from(k + 1);
        if term < 1e-18 {
            break;
        }
    }
    sum
}

/// Crommelin's formula (1932): the mean wait in M/D/c, in executions. With one worker it is Pollaczek and
/// Khinchine's ρ / 2(1 − ρ).
fn crommelin(workers: u32, load: f64) -> f64 {
    let offered = load * f64::from(workers);
    let term = |k: u32| {
        let mean = f64::from(k) * offered;
        at_least(k * workers, mean) - at_least(k * workers + 1, mean) / load
    };
    (1..400).map(term).sum()
}

#[test]
fn m_d_c_tables_are_the_wait_for_fixed_workers_and_equal_executions() {
    assert!((crommelin(1, 0.5) - 0.5).abs() < 1e-6, "{}", crommelin(1, 0.5));
    // Tijms, *A First Course in Stochastic Models* (2003), table 9.6.1: half of M/M/c's and a little.
    for (workers, load) in [(1, 0.5), (4, 0.7), (10, 0.8)] {
        let scenario = fixed(workers, load, r#""1s""#);
        assert_within(&replicate(&scenario, Seen::mean_wait_s), crommelin(workers, load));
    }
}

/// One worker at most is ever needed: it is there while a gap is shorter than execution and timeout together, so a
/// cycle of the renewal process is a gap G, its share awake min(G, D + T), and a request is cold iff D + T < G.
#[test]
fn cold_starts_and_workers_agree_with_renewal_theory() {
    let requests = r#"arrivals: Renewal(gap: Uniform(low: "10s", high: "100s")), execution: "2s""#;
    // A start that takes no time leaves no request cold.
    let rules = r#"worker_container_start: "1us", binding: early"#;
    let scenario = endpoint("20d", (rules, r#"idle_timeout: "50s""#, requests));
    let (low, high, kept) = (10.0, 100.0, 52.0);
    let cold = (high - kept) / (high - low);
    assert_within(&replicate(&scenario, Seen::cold_share), cold);
    let mean_gap: f64 = (low + high) / 2.0;
    let awake = ((kept * kept - low * low) / 2.0 + kept * (high - kept)) / (high - low);
    let workers = |seen: &Seen| seen.awake_s / seen.measured_s();
    assert_within(&replicate(&scenario, workers), awake / mean_gap);
}

/// Mahmoudi and Khazaei, *SimFaaS* (2021), their example: cold-start probability 0.0014, 7.66 workers, 1.79 busy.
#[test]
fn simfaas_figures_come_out() {
    let rules = r#"worker_container_start: "0.253s", binding: early, dispatch: newest"#;
    let fields = r#"workers_max: 50, idle_timeout: "600s", execution_timeout: "1h""#;
    let requests = r#"arrivals: Poisson(rate: "0.9/s"), execution: Exponential(mean: "1.991s")"#;
    let scenario = endpoint("300000s", (rules, fields, requests));
    let mean = |figure: &dyn Fn(&Seen) -> f64| {
        let all = replicate(&scenario, figure);
        all.iter().sum::<f64>() / all.len() as f64
    };
    let near = |found: f64, published: f64, within: f64| {
        assert!((found / published - 1.0).abs() < within, "{found} for {published}");
    };
    near(mean(&Seen::cold_share), 0.0014, 0.08);
    near(mean(&|seen| seen.awake_s / seen.measured_s()), 7.66, 0.02);
    near(mean(&|seen| seen.busy_s / seen.measured_s()), 1.79, 0.01);
}
