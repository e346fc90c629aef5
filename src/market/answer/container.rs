//! What a pod's container is started with: image, ports, environment (API-03, TMPL-06).

use crate::ids::{HostId, Id, PodId};
use crate::journal::fact::{NetworkVolumeName, PodName};
use crate::scenario::model::{ActionKind, Container, Image, Port, Protocol};
use crate::scenario::rules::VcpuMemory;
use crate::turn::Turn;
use std::collections::BTreeMap;
use std::net::Ipv4Addr;

/// A port, as `runtime.ports` tells it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PortAnswer {
    /// `privatePort` and `type`.
    pub port: Port,
    /// `ip` and `publicPort` of a tcp port, where the host has a public address; one of http is behind
    /// the platform's proxy.
    pub public: Option<(Ipv4Addr, u16)>,
}

/// API-03. What a pod answers of its container.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ContainerAnswer {
    /// `imageName`; none where nobody stated one.
    pub image_name: Option<String>,
    /// `dockerArgs`.
    pub docker_args: String,
    /// `volumeMountPath`.
    pub mount_path: String,
    /// `runtime.ports`; none unless the container is up.
    pub ports: Option<Vec<PortAnswer>>,
    /// `env`, in order of the names: its own variables, and from a start on the predefined ones.
    pub env: Vec<(String, String)>,
}

/// TMPL-01, TMPL-06. What a live pod's container is started with: what its request stated, else what its
/// template said when it was asked for.
pub fn container(turn: &Turn<'_, '_>, pod: PodId) -> Option<ContainerAnswer> {
    let row = turn.world.pods.get(pod)?;
    let templates = &turn.world.templates;
    let origin = templates.containers.get(&pod);
    let version = origin.and_then(|origin| origin.version).map(|version| templates.said(version));
    let stated = origin.and_then(|origin| origin.action).and_then(|action| {
        let kind = &turn.scenario.script[action.index()].kind;
        if let ActionKind::CreatePod(new) = kind { new.container.as_deref() } else { None }
    });
    let said = [stated, version.map(|said| &said.container)];
    let image_name = match row.image {
        Image::Named(image) => Some(turn.scenario.images.named[image.index()].name.clone()),
        Image::Own(_) => None,
    };
    let ports: Vec<Port> = first(said, |said| said.ports.as_ref()).cloned().unwrap_or_default();
    let ports = exposed(turn, pod, &ports);
    let mut env: BTreeMap<String, String> = BTreeMap::new();
    env.extend(first(said, |said| said.env.as_ref()).cloned().unwrap_or_default());
    if let Some(host) = row.state.holding() {
        env.extend(predefined(turn, (pod, host), &ports));
    }
    let text = |said: Option<&String>, default: &str| {
        said.map_or_else(|| default.to_owned(), String::clone)
    };
    Some(ContainerAnswer {
        image_name,
        docker_args: text(first(said, |said| said.docker_args.as_ref()), Container::DOCKER_ARGS),
        mount_path: text(first(said, |said| said.mount_path.as_ref()), Container::MOUNT_PATH),
        ports: (row.state.works() && row.up_since.is_some()).then_some(ports),
        env: env.into_iter().collect(),
    })
}

/// The first that says something.
fn first<'a, T>(
    said: [Option<&'a Container>; 2],
    what: impl Fn(&'a Container) -> Option<&'a T>,
) -> Option<&'a T> {
    said.into_iter().flatten().find_map(what)
}

/// CLD-05. The public address of a host: secure ones have one, community ones as declared. Addresses are taken
/// from the block for tests of networks (RFC 2544), for they are nobody's.
fn address(turn: &Turn<'_, '_>, host: HostId) -> Option<Ipv4Addr> {
    let public = turn.world.fleet.spec(turn.scenario, host).public_ip;
    let offset = u32::try_from(host.index() % (1 << 17)).ok()?;
    public.then(|| Ipv4Addr::from(u32::from(Ipv4Addr::new(198, 18, 0, 0)) + offset))
}

/// The ports, and where they can be reached.
fn exposed(turn: &Turn<'_, '_>, pod: PodId, ports: &[Port]) -> Vec<PortAnswer> {
    const FIRST: u32 = 10_000;
    const MANY: u32 = 50_000;
    let at = turn.world.pods[pod].state.holding().and_then(|host| address(turn, host));
    let answer = |(place, port): (u32, &Port)| {
        let outside = FIRST + (pod.number.wrapping_mul(16) + place) % MANY;
        let outside = u16::try_from(outside).ok().filter(|_| port.protocol == Protocol::Tcp);
        PortAnswer { port: *port, public: at.zip(outside) }
    };
    (0..).zip(ports).map(answer).collect()
}

/// TMPL-06. The predefined variables that mean something here, as of its last start; `CUDA_VERSION` and its
/// like are its image's affair.
fn predefined(
    turn: &Turn<'_, '_>,
    (pod, host): (PodId, HostId),
    ports: &[PortAnswer],
) -> Vec<(String, String)> {
    let (row, on) = (&turn.world.pods[pod], &turn.world.fleet.hosts[host]);
    let name = match row.name {
        PodName::Given(name) => turn.scenario.pod_names[name.index()].clone(),
        PodName::Generated(number) => format!("pod-{number}"),
        PodName::Worker(worker) => {
            let endpoint = &turn.scenario.endpoints[worker.endpoint.index()].name;
            format!("{endpoint}-w{}", worker.run)
        }
    };
    let exact = turn.rules().vcpu_memory == VcpuMemory::Requested && 0 < row.gpus;
    let vcpus = match row.slots {
        0 if exact => row.bundle.vcpus,
        0 => turn.rules().gives(on.total, row.gpus).vcpus,
        // POD-14. Those of a CPU pod.
        slots => slots.into(),
    };
    let ssh = Port { number: 22, protocol: Protocol::Tcp };
    let ssh = ports.iter().find(|port| port.port == ssh).and_then(|port| port.public);
    let center = turn.scenario.pools[on.pool.index()].datacenter;
    let center = center.map(|center| turn.scenario.datacenters[center.index()].name.clone());
    let known = [
        ("RUNPOD_POD_ID", Some(name.clone())),
        ("RUNPOD_API_KEY", Some(format!("key-of-{name}"))),
        ("RUNPOD_POD_HOSTNAME", Some(name)),
        ("RUNPOD_GPU_COUNT", Some(row.gpus.to_string())),
        ("RUNPOD_CPU_COUNT", Some(vcpus.to_string())),
        ("RUNPOD_PUBLIC_IP", address(turn, host).map(|at| at.to_string())),
        ("RUNPOD_TCP_PORT_22", ssh.map(|(_, port)| port.to_string())),
        ("RUNPOD_DC_ID", center),
        ("RUNPOD_VOLUME_ID", network_volume(turn, pod)),
    ];
    let stated = |(key, value): (&str, Option<String>)| Some((key.to_owned(), value?));
    known.into_iter().filter_map(stated).collect()
}

/// The name of its network volume, if it has one.
fn network_volume(turn: &Turn<'_, '_>, pod: PodId) -> Option<String> {
    let volumes = &turn.world.network_volumes;
    let (_, volume) = volumes.attached().find(|(attached, _)| *attached == pod)?;
    Some(match volumes.get(volume)?.name {
        NetworkVolumeName::Given(name) => turn.scenario.network_volume_names[name.index()].clone(),
        NetworkVolumeName::OfAccount(account) => {
            format!("volume-{}", turn.scenario.accounts[account.index()].name)
        }
    })
}
