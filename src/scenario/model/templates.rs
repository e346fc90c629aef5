//! Templates: container images with a configuration (TMPL-01 to TMPL-03, TMPL-06, POD-08, POD-23).

use super::{Command, Image};
use crate::ids::{AccountId, TemplateId};
use crate::units::Gb;

/// What a container is started with, beside its image and its disks: each as far as it is stated.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Container {
    /// `imageName`.
    pub image_name: Option<String>,
    /// `dockerArgs`.
    pub docker_args: Option<String>,
    /// `volumeMountPath`.
    pub mount_path: Option<String>,
    /// `ports`, such as `8888/http,22/tcp`.
    pub ports: Option<Vec<Port>>,
    /// `env`, in order of the names.
    pub env: Option<Vec<(String, String)>>,
}

impl Container {
    /// TMPL-01. `dockerArgs` where none are stated.
    pub const DOCKER_ARGS: &'static str = "bash -c /start.sh";
    /// POD-01. `volumeMountPath` where none is stated.
    pub const MOUNT_PATH: &'static str = "/workspace";
}

/// A port that a container opens.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Port {
    /// Its number inside the container.
    pub number: u16,
    /// How it is spoken to.
    pub protocol: Protocol,
}

/// How a port is spoken to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Protocol {
    /// Through the platform's proxy.
    Http,
    /// Directly, where the host has a public address.
    Tcp,
}

/// TMPL-02. Whose a template is, and who may use it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TemplateKind {
    /// The platform's, for everybody.
    Official,
    /// An account's, for everybody.
    Community,
    /// An account's or a team's own.
    Private,
}

/// POD-23. What a container wants to run on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Os {
    /// What is offered.
    Linux,
    /// What is not.
    Windows,
}

/// What a template says, or what of it is said anew.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Said {
    /// `name`.
    pub name: Option<String>,
    /// Its kind.
    pub kind: Option<TemplateKind>,
    /// Image.
    pub image: Option<Image>,
    /// POD-08. What its command does.
    pub command: Option<Command>,
    /// `containerDiskInGb`.
    pub container_disk: Option<Gb>,
    /// `volumeInGb`.
    pub volume: Option<Gb>,
    /// The rest.
    pub container: Container,
    /// `readme`.
    pub readme: Option<String>,
    /// POD-23. Whether it wants Windows, or a Docker daemon.
    pub not_offered: bool,
}

impl Said {
    /// TMPL-03. What is said anew, over what was said `before`.
    #[must_use]
    pub fn over(&self, before: &Self) -> Self {
        let (new, old) = (&self.container, &before.container);
        Self {
            name: self.name.clone().or_else(|| before.name.clone()),
            kind: self.kind.or(before.kind),
            image: self.image.or(before.image),
            command: self.command.or(before.command),
            container_disk: self.container_disk.or(before.container_disk),
            volume: self.volume.or(before.volume),
            container: Container {
                image_name: new.image_name.clone().or_else(|| old.image_name.clone()),
                docker_args: new.docker_args.clone().or_else(|| old.docker_args.clone()),
                mount_path: new.mount_path.clone().or_else(|| old.mount_path.clone()),
                ports: new.ports.clone().or_else(|| old.ports.clone()),
                env: new.env.clone().or_else(|| old.env.clone()),
            },
            readme: self.readme.clone().or_else(|| before.readme.clone()),
            not_offered: self.not_offered || before.not_offered,
        }
    }
}

/// A template of the scenario, or one that its script makes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TemplateSpec {
    /// Its id, which never changes: its first name, behind its owner's if it has one.
    pub id: String,
    /// Whose it is; none: the platform's.
    pub owner: Option<AccountId>,
    /// What it says at the start; none: the script makes it.
    pub at_start: Option<Said>,
}

/// What SaveTemplate says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SaveTemplate {
    /// Which.
    pub template: TemplateId,
    /// TMPL-03. Whether it is made, and not changed.
    pub creates: bool,
    /// What it says from now on.
    pub said: Said,
}

/// What a request takes from a template: all that it does not state itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FromTemplate {
    /// Which.
    pub template: TemplateId,
    /// Whether the request states its container disk.
    pub states_container_disk: bool,
    /// Its volume.
    pub states_volume: bool,
    /// Its image.
    pub states_image: bool,
    /// Its command.
    pub states_command: bool,
}
