//! The rules of hosts' lives: how they join, fail, are judged and leave (CLD-02 to CLD-04, HOST-05 to
//! HOST-10).

use crate::units::{Share, Span};

/// CLD-04. Who may join the community cloud.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CommunityJoins {
    /// Who is invited.
    Invited,
    /// Everybody.
    Open,
    /// Nobody.
    Closed,
}

/// CLD-02, CLD-03. Whether hosts fail of which the scenario does not say how.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum HostFailures {
    /// No: by script, and as their groups and data centers state.
    Stated,
    /// Yes, by their cloud and the tier of their data center.
    ByCloud,
}

/// CLD-02. How redundant a data center is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, serde::Deserialize)]
pub enum Tier {
    /// Maintained without an outage; 99.982 % there.
    #[default]
    T3,
    /// Tolerant of faults; 99.995 % there.
    T4,
}

/// The rules of hosts' lives.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct HostRules {
    /// CLD-02, CLD-03.
    pub host_failures: HostFailures,
    /// CLD-02. Mean time between failures of a secure host.
    pub secure_mtbf: Span,
    /// CLD-02. Mean time to its repair.
    pub secure_mttr: Span,
    /// CLD-03. Mean time between failures of a community host.
    pub community_mtbf: Span,
    /// CLD-03. Mean time to its repair.
    pub community_mttr: Span,
    /// CLD-02. How long a data center is out in a year, by tier: T3, T4.
    pub tier_downtime: [Span; 2],
    /// CLD-04.
    pub community_joins: CommunityJoins,
    /// CLD-04. How long a community host that joins is vetted before it is listed.
    pub vetting_time: Span,
    /// HOST-05. How long before its start maintenance has to be announced where pods hold GPUs.
    pub maintenance_notice: Span,
    /// HOST-05. How long before its start maintenance delists its host.
    pub maintenance_delist: Span,
    /// HOST-08. Between two heartbeats.
    pub heartbeat_interval: Span,
    /// HOST-09. So much missing of the window is forgiven: a whole number of heartbeat intervals.
    pub reliability_buffer: Span,
    /// HOST-09. How far back the score looks.
    pub reliability_window: Span,
    /// HOST-10. Hosts whose score is below are delisted.
    pub listing_minimum: Share,
}

impl HostRules {
    /// HOST-09. So many missed beats of a window are forgiven.
    pub fn forgiven_beats(&self) -> u64 {
        self.reliability_buffer.micros() / self.heartbeat_interval.micros()
    }
}

impl Default for HostRules {
    fn default() -> Self {
        Self {
            host_failures: HostFailures::Stated,
            secure_mtbf: Span::DAY * 90,
            secure_mttr: Span::MINUTE * 30,
            community_mtbf: Span::DAY * 14,
            community_mttr: Span::HOUR * 3,
            tier_downtime: [Span::MINUTE * 96, Span::MINUTE * 24],
            community_joins: CommunityJoins::Invited,
            vetting_time: Span::HOUR * 48,
            maintenance_notice: Span::DAY * 7,
            maintenance_delist: Span::DAY * 4,
            heartbeat_interval: Span::SECOND * 60,
            reliability_buffer: Span::MINUTE * 10,
            reliability_window: Span::DAY * 30,
            listing_minimum: Share::from_billionths(980_000_000),
        }
    }
}
