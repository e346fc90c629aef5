//! The kinds of tables that a scenario may name.

/// What kind of trace a file is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TraceFormat {
    /// Our own plain format: `arrival_s, duration_s, gpus, gpu_type, kind, bid…`.
    Plain,
    /// Alibaba openb 2023, the list of pods.
    OpenbPods,
    /// Alibaba openb 2023, the list of nodes.
    OpenbNodes,
    /// Microsoft Philly 2017, the list of jobs.
    PhillyJobs,
    /// Microsoft Philly 2017, hosts in use per minute.
    PhillyNodes,
    /// SenseTime Helios 2020, arrivals per ten minutes.
    HeliosThroughput,
    /// SenseTime Helios 2020, GPUs in use per minute.
    HeliosOccupancy,
    /// Alibaba 2025, the list of instances of recommendation services.
    DlrmInstances,
    /// AWS spot prices of one market, 2015.
    #[serde(rename = "aws_spot_2015")]
    AwsSpot2015,
    /// AWS spot prices by zone and instance type, 2020.
    #[serde(rename = "aws_spot_2020")]
    AwsSpot2020,
    /// Azure's daily prices by instance type, 2020.
    #[serde(rename = "azure_spot_2020")]
    AzureSpot2020,
    /// Our own plain format of prices: `at_s, price_usd_per_gpu_hour`.
    PlainPrices,
    /// Faults of GPU servers, StepFun 2024.
    GpuHostFaults,
    /// How many spot instances there were, SkyPilot 2022 and 2023.
    SpotAvailability,
}

impl TraceFormat {
    /// All that are known.
    pub const ALL: [Self; 14] = [
        Self::Plain,
        Self::OpenbPods,
        Self::OpenbNodes,
        Self::PhillyJobs,
        Self::PhillyNodes,
        Self::HeliosThroughput,
        Self::HeliosOccupancy,
        Self::DlrmInstances,
        Self::AwsSpot2015,
        Self::AwsSpot2020,
        Self::AzureSpot2020,
        Self::PlainPrices,
        Self::GpuHostFaults,
        Self::SpotAvailability,
    ];
    /// Whether each of its rows is a request.
    pub const fn has_requests(self) -> bool {
        matches!(self, Self::Plain | Self::OpenbPods | Self::PhillyJobs | Self::DlrmInstances)
    }
    /// Whether it tells when hosts are away.
    pub const fn has_outages(self) -> bool {
        matches!(self, Self::GpuHostFaults | Self::SpotAvailability)
    }
    /// Whether its rows are prices.
    pub const fn has_prices(self) -> bool {
        matches!(
            self,
            Self::AwsSpot2015 | Self::AwsSpot2020 | Self::AzureSpot2020 | Self::PlainPrices
        )
    }
}
