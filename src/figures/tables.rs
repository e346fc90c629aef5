//! Which figures stand beside one another where the parts of a market are compared: its GPU types, clouds, kinds of
//! rental, customers, endpoints, providers, prices.

use crate::ids::{EndpointId, GpuTypeId, Id, ScopeId, SegmentId, SupplyId};
use crate::metrics::Subject;
use crate::scenario::Scenario;
use crate::scenario::model::Cloud;

/// The parts of a market that are compared with one another.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Parts {
    /// GPU types.
    GpuTypes,
    /// Both clouds.
    Clouds,
    /// Prices, by GPU type and cloud.
    Prices,
    /// Kinds of rental.
    Kinds,
    /// Segments of customers.
    Segments,
    /// Endpoints.
    Endpoints,
    /// Providers.
    Supplies,
}

/// What a column is called, and its metric.
pub type Heading = (&'static str, &'static str);

const HOSTS: [Heading; 4] = [
    ("GPUs", "gpus_total"),
    ("sold, mean", "gpus_sold_mean"),
    ("utilization", "utilization"),
    ("available", "availability"),
];

const RENTALS: [Heading; 11] = [
    ("requests", "requests"),
    ("placed", "placed"),
    ("rejected", "rejected_share"),
    ("gave up", "abandoned_share"),
    ("wait, mean", "wait_mean"),
    ("wait, 95 % below", "wait_p95"),
    ("preemptions", "preemptions"),
    ("useful work", "useful_work"),
    ("work lost", "lost_work_share"),
    ("cost of useful work", "cost_per_useful_gpu_hour"),
    ("revenue", "revenue"),
];

const PRICES: [Heading; 4] = [
    ("on demand, mean", "on_demand_price_mean"),
    ("spot floor, mean", "spot_floor_mean"),
    ("spot price, mean", "spot_price_mean"),
    ("least winning bid, mean", "min_winning_bid_mean"),
];

const JOBS: [Heading; 4] = [
    ("jobs", "jobs"),
    ("in time", "jobs_in_time_share"),
    ("from coming to done", "job_makespan_mean"),
    ("surplus", "surplus"),
];

const ENDPOINTS: [Heading; 12] = [
    ("requests", "endpoint_requests"),
    ("completed", "endpoint_requests_completed_share"),
    ("timed out", "endpoint_requests_timed_out"),
    ("cold starts", "request_cold_start_share"),
    ("delay, mean", "request_delay_mean"),
    ("latency, median", "request_latency_p50"),
    ("90 % below", "request_latency_p90"),
    ("99 % below", "request_latency_p99"),
    ("workers awake", "workers_awake_mean"),
    ("busy", "worker_busy_share"),
    ("cost", "endpoint_cost"),
    ("per 1,000 completed", "endpoint_cost_per_thousand"),
];

const SUPPLIES: [Heading; 8] = [
    ("there, mean", "providers_mean"),
    ("joined", "providers_joined"),
    ("left", "providers_left"),
    ("stayed away", "providers_declined"),
    ("ask", "provider_price_mean"),
    ("cost", "provider_cost_mean"),
    ("earn per GPU-hour", "provider_earnings_per_gpu_hour"),
    ("host failures", "host_failures"),
];

impl Parts {
    /// All, in the order in which they are told.
    pub const ALL: [Self; 7] = [
        Self::GpuTypes,
        Self::Clouds,
        Self::Kinds,
        Self::Segments,
        Self::Endpoints,
        Self::Supplies,
        Self::Prices,
    ];

    /// What a table of them is called, and its first column.
    pub const fn words(self) -> [&'static str; 2] {
        match self {
            Self::GpuTypes => ["By GPU type", "GPU type"],
            Self::Clouds => ["By cloud", "cloud"],
            Self::Prices => ["Prices per GPU-hour", "GPU type and cloud"],
            Self::Kinds => ["By kind of rental", "kind"],
            Self::Segments => ["By segment of customers", "segment"],
            Self::Endpoints => ["By endpoint", "endpoint"],
            Self::Supplies => ["By supply of providers", "supply"],
        }
    }

    /// Its columns behind the first.
    pub fn headings(self) -> Vec<Heading> {
        match self {
            Self::GpuTypes | Self::Clouds | Self::Kinds => [&HOSTS[..], &RENTALS].concat(),
            Self::Prices => PRICES.to_vec(),
            Self::Segments => [&RENTALS[..], &JOBS].concat(),
            Self::Endpoints => ENDPOINTS.to_vec(),
            Self::Supplies => SUPPLIES.to_vec(),
        }
    }

    /// The parts of a scenario, each with its name.
    pub fn subjects(self, scenario: &Scenario) -> Vec<(String, Subject)> {
        fn named<'a, I: Id>(
            names: impl Iterator<Item = &'a String>,
            subject: impl Fn(I) -> Subject,
        ) -> Vec<(String, Subject)> {
            let part = |(n, name): (usize, &String)| (name.clone(), subject(I::from_index(n)));
            names.enumerate().map(part).collect()
        }
        match self {
            Self::GpuTypes => named::<GpuTypeId>(
                scenario.gpu_types.iter().map(|of| &of.display_name),
                Subject::GpuType,
            ),
            Self::Clouds => {
                let named = |cloud: Cloud| (cloud.word().to_owned(), Subject::Cloud(cloud));
                [Cloud::Secure, Cloud::Community].map(named).to_vec()
            }
            Self::Prices => {
                let scope = |n: usize| {
                    let scope = &scenario.scopes[n];
                    let gpu_type = &scenario.gpu_types[scope.gpu_type.index()].display_name;
                    let name = format!("{gpu_type}, {}", scope.cloud.word());
                    (name, Subject::Scope(ScopeId::from_index(n)))
                };
                (0..scenario.scopes.len()).map(scope).collect()
            }
            Self::Kinds => [
                ("on demand", Subject::OnDemand),
                ("spot", Subject::Spot),
                ("savings plans", Subject::Savings),
                ("serverless", Subject::Serverless),
            ]
            .map(|(name, subject)| (name.to_owned(), subject))
            .to_vec(),
            Self::Segments => {
                named::<SegmentId>(scenario.segments.iter().map(|of| &of.name), Subject::Segment)
            }
            Self::Endpoints => {
                named::<EndpointId>(scenario.endpoints.iter().map(|of| &of.name), Subject::Endpoint)
            }
            Self::Supplies => {
                named::<SupplyId>(scenario.supply.iter().map(|of| &of.name), Subject::Supply)
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::metrics::catalogue;

    #[test]
    fn every_column_is_a_metric() {
        let known: Vec<&str> = catalogue().iter().map(|metric| metric.name).collect();
        for (name, metric) in Parts::ALL.into_iter().flat_map(Parts::headings) {
            assert!(known.contains(&metric), "{name}: {metric}");
        }
    }
}
