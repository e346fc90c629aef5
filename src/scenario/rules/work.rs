//! What the rules say of work, and of pods that are displaced from it.

/// POD-25. How fast work proceeds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum WorkSpeed {
    /// Equally on all GPU types.
    Equal,
    /// By the `relative_speed` of the pod's GPU type over that of the first type that it asked for.
    Relative,
}

/// SPOT-09. What becomes of a victim after the grace.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Displaced {
    /// Stopped on its host.
    Stop,
    /// Resuming on its host with its old bid, without end of patience.
    Resume,
    /// Terminated.
    Terminate,
}
