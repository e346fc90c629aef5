//! One type per kind of entity: the id of a pod does not open the table of hosts.
//!
//! Ids are small indexes given in the order of the scenario; they never reach an output, which shows
//! names. A [`PodId`] also carries the pod's number, so that a table row that was given to a later
//! pod is never mistaken for the earlier one: a timer of a pod that has left finds nobody.

use std::fmt::Debug;

/// A dense index into one table.
pub trait Id: Copy + Ord + Debug {
    /// The id of the row at this index.
    fn from_index(index: usize) -> Self;
    /// The index of this id's row.
    fn index(self) -> usize;
}

macro_rules! ids {
    ($($(#[$doc:meta])* $name:ident;)*) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        #[derive(serde::Serialize, serde::Deserialize)]
        pub struct $name(u32);

        impl Id for $name {
            fn from_index(index: usize) -> Self {
                Self(u32::try_from(index).expect("fewer than 2^32 rows of a kind"))
            }
            fn index(self) -> usize {
                self.0 as usize
            }
        }
    )*};
}

ids! {
    /// An account: who pays.
    AccountId;
    /// A host: one machine with GPUs of one type.
    HostId;
    /// A GPU type of the catalogue.
    GpuTypeId;
    /// A data center of the catalogue.
    DataCenterId;
    /// A scope: one GPU type in one cloud; prices are kept per scope (CLD-01).
    ScopeId;
    /// A pool: one GPU type, cloud and data center; a row of `utilization.csv`.
    PoolId;
    /// A segment of customers.
    SegmentId;
    /// A job of a customer who decides: what all that is asked for on its behalf has in common.
    JobId;
    /// A scripted action.
    ActionId;
    /// A name that the script gives to a pod.
    PodNameId;
    /// A network volume, in order of creation; never reused.
    NetworkVolumeId;
    /// A name that the script gives to a network volume.
    NetworkVolumeNameId;
    /// A distinct demand: all requests that fit or fail together (POD-06).
    ShapeId;
    /// Shapes that name the same scopes and as many GPUs.
    LaneId;
    /// A group of hosts alike in all that is fixed.
    ClassId;
    /// A layer of images, or an image that is one layer.
    LayerId;
    /// A container image that has a name.
    ImageId;
    /// A template, whatever it says at the time.
    TemplateId;
    /// What a template says from one SaveTemplate to the next.
    VersionId;
    /// Somebody who is a member of a team, or may become one.
    MemberId;
    /// A name that a team has, or may get.
    TeamNameId;
    /// Providers of one kind: where community hosts come from during a run.
    SupplyId;
    /// A savings plan: a lower id was bought earlier (PLAN-04).
    PlanId;
    /// What makes one host, or a group at once, fail at random and come back.
    FailureId;
    /// A serverless endpoint: a name that the scenario, its script or the platform gives to one.
    EndpointId;
    /// A name that the script gives to a request.
    RequestNameId;
    /// Where requests to endpoints come from at random or by a trace.
    RequestSourceId;
    /// A class of GPU types that serverless workers are priced by (SLS-41).
    WorkerClassId;
}

/// A pod. Ordered by `number`: a lower id was created earlier (market-rules.md, Words).
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize,
)]
pub struct PodId {
    /// The how-manieth pod of the run this is, from 0; never reused.
    pub number: u32,
    /// Its row in the table of live pods; reused once the pod has ended.
    pub slot: u32,
}
