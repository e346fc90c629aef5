//! What facts say about network volumes, and whom an action named (NVOL-01 to NVOL-04, GEN-14).

use super::EndReason;
use super::PodName;
use crate::ids::{
    AccountId, DataCenterId, EndpointId, NetworkVolumeId, NetworkVolumeNameId, PodNameId,
    RequestNameId, TemplateId,
};
use crate::units::{Gb, Money};
use serde::{Deserialize, Serialize};

/// A network volume is there from now on, and billed by the hour (NVOL-01, NVOL-03).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct NetworkVolumeCreated {
    /// The volume; ids are given in order of creation.
    pub volume: NetworkVolumeId,
    /// Its name.
    pub name: NetworkVolumeName,
    /// Who pays.
    pub account: AccountId,
    /// Where it lies.
    pub datacenter: DataCenterId,
    /// Its size.
    pub size: Gb,
    /// What all of it costs per month (NVOL-02).
    pub monthly: Money,
}

/// A network volume's name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum NetworkVolumeName {
    /// Given by the script.
    Given(NetworkVolumeNameId),
    /// `volume-<account>`: that of an account of random demand.
    OfAccount(AccountId),
}

/// Whom an action named: a pod, a network volume, or a template.
///
/// The first two are a [`PodName`]'s, and written down as those are.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Named {
    /// A pod, by the name that the script gave it.
    Given(PodNameId),
    /// A pod of random demand.
    Generated(u32),
    /// A network volume.
    NetworkVolume(NetworkVolumeName),
    /// A template.
    Template(TemplateId),
    /// An endpoint.
    Endpoint(EndpointId),
    /// A request to one.
    Request(RequestNameId),
}

impl From<PodName> for Named {
    fn from(name: PodName) -> Self {
        match name {
            PodName::Given(name) => Self::Given(name),
            PodName::Generated(number) => Self::Generated(number),
            PodName::Worker(worker) => Self::Endpoint(worker.endpoint),
        }
    }
}

impl Named {
    /// The pod's name, if it is a pod.
    pub fn pod(self) -> Option<PodName> {
        match self {
            Self::Given(name) => Some(PodName::Given(name)),
            Self::Generated(number) => Some(PodName::Generated(number)),
            Self::NetworkVolume(_) | Self::Template(_) | Self::Endpoint(_) | Self::Request(_) => {
                None
            }
        }
    }
    /// The network volume's name, if it is one.
    pub fn network_volume(self) -> Option<NetworkVolumeName> {
        match self {
            Self::NetworkVolume(name) => Some(name),
            Self::Given(_)
            | Self::Generated(_)
            | Self::Template(_)
            | Self::Endpoint(_)
            | Self::Request(_) => None,
        }
    }
    /// The template, if it is one.
    pub fn template(self) -> Option<TemplateId> {
        match self {
            Self::Template(template) => Some(template),
            Self::Given(_)
            | Self::Generated(_)
            | Self::NetworkVolume(_)
            | Self::Endpoint(_)
            | Self::Request(_) => None,
        }
    }
}

/// A network volume is gone, with its data (NVOL-08, BILL-13).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct NetworkVolumeRemoved {
    /// The volume.
    pub volume: NetworkVolumeId,
    /// Why: its owner deleted it (`terminated`), or its account was drained for too long (`no_funds`).
    pub reason: EndReason,
}
