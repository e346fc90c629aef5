//! POD-21. Every change of a pod in every state, as a table that a person can read.
//!
//! Columns are the states by the letters of the market rules; a cell is the state that follows, `✗` is
//! refused. `UPDATE_EXPECT=1 cargo test grid` writes the tables anew; read them against the rules'
//! before you keep them.

use expect_test::{Expect, expect};
use walras::ids::{HostId, Id};
use walras::units::SimTime;
use walras::world::pod::{PodChange, PodState, Stage};

fn host() -> HostId {
    HostId::from_index(0)
}

/// All states, in the order of the market rules' table.
fn states() -> [PodState; 10] {
    let host = host();
    [
        PodState::Waiting,
        PodState::Reserved { host },
        PodState::Initializing { host, stage: Stage::Starting },
        PodState::Running { host },
        PodState::Grace { host },
        PodState::Stopped { host },
        PodState::Resuming { host },
        PodState::Down { host },
        PodState::Terminated,
        PodState::Refused,
    ]
}

/// The letter of a state. A new state has to be given its letter, and its column.
fn letter(state: PodState) -> char {
    match state {
        PodState::Waiting => 'W',
        PodState::Reserved { .. } => 'V',
        PodState::Initializing { .. } => 'I',
        PodState::Running { .. } => 'R',
        PodState::Grace { .. } => 'G',
        PodState::Stopped { .. } => 'S',
        PodState::Resuming { .. } => 'Q',
        PodState::Down { .. } => 'D',
        PodState::Terminated => 'T',
        PodState::Refused => 'X',
    }
}

/// All changes, with each of their choices.
fn changes() -> Vec<PodChange> {
    let (host, other) = (host(), HostId::from_index(1));
    vec![
        PodChange::Place { host },
        PodChange::Promise { host },
        PodChange::HandOver,
        PodChange::Stage(Stage::Pulling { until: SimTime::ZERO }),
        PodChange::ContainerUp,
        PodChange::Complete { stop: false },
        PodChange::Complete { stop: true },
        PodChange::Stop,
        PodChange::Return { host: other },
        PodChange::Resume,
        PodChange::Terminate,
        PodChange::Reset,
        PodChange::Displace,
        PodChange::LosePromise { waits: true },
        PodChange::LosePromise { waits: false },
        PodChange::GraceOver { resume: false },
        PodChange::GraceOver { resume: true },
        PodChange::GiveUp,
        PodChange::HostDown { resume: false },
        PodChange::HostDown { resume: true },
        PodChange::HostUp,
    ]
}

/// A change in the words of the market rules. A new change has to be given its row.
fn words(change: PodChange) -> &'static str {
    match change {
        PodChange::Place { .. } => "placed on free GPUs",
        PodChange::Promise { .. } => "GPUs promised",
        PodChange::HandOver => "promised GPUs handed over",
        PodChange::Stage(_) => "image pull, data copy",
        PodChange::ContainerUp => "container up",
        PodChange::Complete { stop: false } => "work done",
        PodChange::Complete { stop: true } => "work done, on_done: stop",
        PodChange::Stop => "StopPod, stop for funds",
        PodChange::Return { .. } => "stopped, data not copied",
        PodChange::Resume => "Resume(Spot)Pod, MovePod",
        PodChange::Terminate => "TerminatePod, removal",
        PodChange::Reset => "reset",
        PodChange::Displace => "displaced",
        PodChange::LosePromise { waits: true } => "promise lost, patient",
        PodChange::LosePromise { waits: false } => "promise lost",
        PodChange::GraceOver { resume: false } => "grace over",
        PodChange::GraceOver { resume: true } => "grace over, resumes",
        PodChange::GiveUp => "patience over, refused",
        PodChange::HostDown { resume: false } => "HostDown",
        PodChange::HostDown { resume: true } => "HostDown, resumes",
        PodChange::HostUp => "HostUp",
    }
}

/// The table of a pod that is, or is not yet, tied to a host.
fn table(tied: Option<HostId>) -> String {
    let header: Vec<String> = states().iter().map(|state| letter(*state).to_string()).collect();
    let mut text = format!("{:<26}{}\n", "", header.join(" "));
    for change in changes() {
        let after = |state: &PodState| {
            let after = state.after(change, tied);
            after.map_or_else(|_| "✗".to_owned(), |state| letter(state).to_string())
        };
        let cells: Vec<String> = states().iter().map(after).collect();
        text += &format!("{:<26}{}\n", words(change), cells.join(" "));
    }
    text
}

fn check(tied: Option<HostId>, expected: &Expect) {
    expected.assert_eq(&table(tied));
}

#[test]
fn pod_21_a_new_pod() {
    check(
        None,
        &expect![[r#"
                                  W V I R G S Q D T X
        placed on free GPUs       I ✗ ✗ ✗ ✗ ✗ I ✗ ✗ ✗
        GPUs promised             V ✗ ✗ ✗ ✗ ✗ V ✗ ✗ ✗
        promised GPUs handed over ✗ I ✗ ✗ ✗ ✗ ✗ ✗ ✗ ✗
        image pull, data copy     ✗ ✗ I ✗ ✗ ✗ ✗ ✗ ✗ ✗
        container up              ✗ ✗ R ✗ ✗ ✗ ✗ ✗ ✗ ✗
        work done                 ✗ ✗ ✗ T T ✗ ✗ ✗ ✗ ✗
        work done, on_done: stop  ✗ ✗ ✗ S S ✗ ✗ ✗ ✗ ✗
        StopPod, stop for funds   ✗ ✗ S S S ✗ S S ✗ ✗
        stopped, data not copied  ✗ ✗ S ✗ S ✗ ✗ S ✗ ✗
        Resume(Spot)Pod, MovePod  ✗ ✗ ✗ ✗ ✗ Q ✗ ✗ ✗ ✗
        TerminatePod, removal     T T T T T T T T ✗ ✗
        reset                     ✗ ✗ I I ✗ ✗ ✗ ✗ ✗ ✗
        displaced                 ✗ ✗ G G ✗ ✗ ✗ ✗ ✗ ✗
        promise lost, patient     ✗ W ✗ ✗ ✗ ✗ ✗ ✗ ✗ ✗
        promise lost              ✗ X ✗ ✗ ✗ ✗ ✗ ✗ ✗ ✗
        grace over                ✗ ✗ ✗ ✗ S ✗ ✗ ✗ ✗ ✗
        grace over, resumes       ✗ ✗ ✗ ✗ Q ✗ ✗ ✗ ✗ ✗
        patience over, refused    X X ✗ ✗ ✗ ✗ X ✗ ✗ ✗
        HostDown                  ✗ ✗ D D S ✗ ✗ ✗ ✗ ✗
        HostDown, resumes         ✗ ✗ D D Q ✗ ✗ ✗ ✗ ✗
        HostUp                    ✗ ✗ ✗ ✗ ✗ ✗ ✗ I ✗ ✗
    "#]],
    );
}

/// A resumed pod goes back to Stopped, or to Resuming, where a new one is refused, or waits.
#[test]
fn pod_21_a_resumed_pod() {
    check(
        Some(host()),
        &expect![[r#"
                                  W V I R G S Q D T X
        placed on free GPUs       I ✗ ✗ ✗ ✗ ✗ I ✗ ✗ ✗
        GPUs promised             V ✗ ✗ ✗ ✗ ✗ V ✗ ✗ ✗
        promised GPUs handed over ✗ I ✗ ✗ ✗ ✗ ✗ ✗ ✗ ✗
        image pull, data copy     ✗ ✗ I ✗ ✗ ✗ ✗ ✗ ✗ ✗
        container up              ✗ ✗ R ✗ ✗ ✗ ✗ ✗ ✗ ✗
        work done                 ✗ ✗ ✗ T T ✗ ✗ ✗ ✗ ✗
        work done, on_done: stop  ✗ ✗ ✗ S S ✗ ✗ ✗ ✗ ✗
        StopPod, stop for funds   ✗ S S S S ✗ S S ✗ ✗
        stopped, data not copied  ✗ ✗ S ✗ S ✗ ✗ S ✗ ✗
        Resume(Spot)Pod, MovePod  ✗ ✗ ✗ ✗ ✗ Q ✗ ✗ ✗ ✗
        TerminatePod, removal     T T T T T T T T ✗ ✗
        reset                     ✗ ✗ I I ✗ ✗ ✗ ✗ ✗ ✗
        displaced                 ✗ ✗ G G ✗ ✗ ✗ ✗ ✗ ✗
        promise lost, patient     ✗ Q ✗ ✗ ✗ ✗ ✗ ✗ ✗ ✗
        promise lost              ✗ S ✗ ✗ ✗ ✗ ✗ ✗ ✗ ✗
        grace over                ✗ ✗ ✗ ✗ S ✗ ✗ ✗ ✗ ✗
        grace over, resumes       ✗ ✗ ✗ ✗ Q ✗ ✗ ✗ ✗ ✗
        patience over, refused    S S ✗ ✗ ✗ ✗ S ✗ ✗ ✗
        HostDown                  ✗ ✗ D D S ✗ ✗ ✗ ✗ ✗
        HostDown, resumes         ✗ ✗ D D Q ✗ ✗ ✗ ✗ ✗
        HostUp                    ✗ ✗ ✗ ✗ ✗ ✗ ✗ I ✗ ✗
    "#]],
    );
}
