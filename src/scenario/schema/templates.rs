//! What a scenario, or a script, may say of templates (TMPL-01 to TMPL-03).

use crate::scenario::text::Field;
use serde::Deserialize;

/// A template, or what SaveTemplate says of one: then what is left out of a change stays as it is.
#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
#[expect(non_snake_case, reason = "arguments bear the platform's names (API-01)")]
pub(crate) struct TemplateText {
    /// Text: of SaveTemplate, the id of the template to change. Default: one is made.
    pub(crate) id: Field,
    /// Text. Mandatory, but for a change.
    pub(crate) name: Field,
    /// Text: of a template of the scenario, the account whose it is. Default: the platform's.
    pub(crate) owner: Field,
    /// `official`, `community` or `private` (TMPL-02). Default: `official` without an owner, else
    /// `private`.
    pub(crate) kind: Field,
    /// Text. Default: an image of its own.
    pub(crate) imageName: Field,
    /// Simulator: whole GB of the image. Default: 0, or what is said of this image elsewhere.
    pub(crate) image_gb: Field,
    /// Simulator: map from the names of the image's layers to whole GB, instead of `image_gb`.
    pub(crate) layers: Field,
    /// Text. Default: `"bash -c /start.sh"`.
    pub(crate) dockerArgs: Field,
    /// Whole GB. Default: 10.
    pub(crate) containerDiskInGb: Field,
    /// Whole GB. Default: 0.
    pub(crate) volumeInGb: Field,
    /// Text. Default: `"/workspace"`.
    pub(crate) volumeMountPath: Field,
    /// Text such as `"8888/http,22/tcp"`. Default: none.
    pub(crate) ports: Field,
    /// Map from names to texts. Default: empty.
    pub(crate) env: Field,
    /// Text. Default: blank.
    pub(crate) readme: Field,
    /// Simulator: `ok`, `exits` or `unknown` (POD-08). Default: `ok`.
    pub(crate) command: Field,
    /// Simulator: `linux` or `windows` (POD-23). Default: `linux`.
    pub(crate) os: Field,
    /// Simulator: `true` or `false`: whether it wants a Docker daemon (POD-23). Default: `false`.
    pub(crate) docker_daemon: Field,
}
