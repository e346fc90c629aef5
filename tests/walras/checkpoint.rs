//! Checkpoints and restarts (POD-20, STOR-07): cases worked by hand, a naive model of one pod's work, and
//! what must hold of any market.

mod naive;
mod policies;
mod shipped;
mod storms;
mod worked;

use crate::build;
use walras::ids::PodId;
use walras::journal::Fact;
use walras::scenario::Scenario;
use walras::scenario::load::from_text;
use walras::units::{GpuTime, SimTime};

fn read(text: &str) -> Scenario {
    from_text("checkpoints.ron", text).unwrap_or_else(|problems| panic!("{problems}\n{text}"))
}

/// One host of two GPUs on which `p` bids for `gpus` of them from 0 on: an hour of work, and these terms
/// of its checkpoints. Its container takes no time to start, the grace is 10 s.
fn market(rules: &str, (gpus, terms): (u32, &str), script: &str) -> Scenario {
    read(&format!(
        r#"(
            horizon: "1d", sample_every: None,
            rules: (container_start: "0s", grace: "10s", {rules}),
            fleet: [(name: "h", gpu_type: "NVIDIA RTX A6000", datacenter: "EU-RO-1", gpus: 2)],
            accounts: [(name: "a", balance: 1000)],
            script: [
                (at: "0s", account: "a", do: CreateSpotPod(name: "p", bidPerGpu: 0.5, work: "1h",
                    gpuTypeId: "NVIDIA RTX A6000", gpuCount: {gpus}, volumeInGb: 20,
                    checkpoint: ({terms}))),
                {script}
            ],
        )"#
    ))
}

/// The first pod of a run.
fn first_pod(facts: &[(SimTime, Fact)]) -> PodId {
    let asked = |(_, fact): &(SimTime, Fact)| match fact {
        Fact::PodRequested(asked) => Some(asked.pod),
        _ => None,
    };
    facts.iter().find_map(asked).expect("a pod")
}

/// What is told of the work of the first pod, a line a fact.
fn history(scenario: &Scenario) -> String {
    let facts = build::run_audited(scenario, 0);
    let first = first_pod(&facts);
    let mut overhead = GpuTime::ZERO;
    let mut lines = String::new();
    for (at, fact) in facts {
        match fact {
            Fact::CheckpointOverhead { pod, overhead: spent } if pod == first => overhead = spent,
            Fact::CheckpointBegun { pod, due, work } if pod == first => {
                lines.push_str(&format!("{at}: begins a checkpoint of {work}, whole at {due}\n"));
            }
            Fact::RentalEnded(end) if end.pod == first => {
                let (why, useful, lost) = (end.reason.word(), end.useful, end.lost);
                let overhead = std::mem::take(&mut overhead);
                lines.push_str(&format!(
                    "{at}: {why}, useful {useful}, lost {lost}, overhead {overhead}\n"
                ));
            }
            _ => {}
        }
    }
    lines
}
