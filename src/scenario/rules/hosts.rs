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

/// The rules of hosts' lives.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct HostRules {
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
