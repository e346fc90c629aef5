//! An endpoint as far as it is said, and what that comes to (SLS-05 to SLS-09).

use super::settings::Sayer;
use super::{Scene, gpus};
use crate::ids::{EndpointId, GpuTypeId, Id, ImageId};
use crate::scenario::model::Site;
use crate::scenario::model::serverless::{
    Amiss, ModelSource, QuickDeploy, Resolved, Settings, TokenRate,
};
use crate::scenario::problem::Fault;
use crate::scenario::schema::serverless::SettingsText;
use crate::units::{Gb, Span};

/// What is said of an endpoint at some time.
#[derive(Clone, Debug)]
pub(super) struct Draft {
    /// What is stated, or the default.
    pub(super) settings: Settings,
    /// Its GPU types, best first.
    pub(super) types: Vec<GpuTypeId>,
    /// The image that it has in common with others, if it names one.
    pub(super) shared: Option<ImageId>,
    /// SLS-02. Whether anything says its image.
    pub(super) has_image: bool,
    /// SLS-09. The execution time of its quick deploy.
    pub(super) execution: Option<Span>,
    /// Tokens per second.
    pub(super) token_rates: Vec<TokenRate>,
    /// Why it is refused whatever the market is like.
    pub(super) amiss: Option<Amiss>,
}

/// The fields of what is wrong with the whole, and what: message, expectation, reason.
type Wrong = (&'static str, String, &'static str, Amiss);

impl Draft {
    /// An endpoint that says nothing.
    pub(super) fn new(scene: &mut Scene<'_>) -> Self {
        let mut draft = Self::of(scene.rules.serverless.endpoint_defaults.clone());
        for name in &draft.settings.gpus {
            let types = gpus::meant(name, scene.types, scene.rules);
            draft.types.extend(types.unwrap_or_default());
        }
        draft
    }
    /// One of these settings, of no GPU type.
    pub(super) fn of(settings: Settings) -> Self {
        Self {
            settings,
            types: Vec::new(),
            shared: None,
            has_image: false,
            execution: None,
            token_rates: Vec::new(),
            amiss: None,
        }
    }
    /// SLS-09. Takes what a quick deploy says.
    pub(super) fn deploy(&mut self, deploy: QuickDeploy) {
        self.settings.image_gb = deploy.image;
        self.settings.model_gb = deploy.model;
        self.settings.container_disk = deploy.container_disk;
        self.execution = Some(deploy.execution);
        (self.shared, self.has_image) = (None, true);
    }
    /// What it comes to as endpoint `id`, called `name`.
    pub(super) fn resolve(
        &self,
        (id, name): (EndpointId, &str),
        scene: &mut Scene<'_>,
        images: &mut OwnImages,
    ) -> Resolved {
        let wrong = self.wrong(scene).into_iter().next().map(|(.., amiss)| amiss);
        Resolved {
            settings: self.settings.clone(),
            types: scene.types.list(self.types.clone()),
            site: scene.sites.index(self.site(scene)),
            image: images.of((id, name), self, scene),
            amiss: self.amiss.or(wrong),
            execution: self.execution.unwrap_or(Span::ZERO),
            token_rates: self.token_rates.clone(),
            standing: 0,
        }
    }
    /// SLS-07. Where its workers may be: where its network volume is, if it has one.
    fn site(&self, scene: &Scene<'_>) -> Site {
        let volume = self.settings.network_volume;
        let bound = volume.and_then(|volume| scene.volumes.places[volume.index()]);
        let datacenters = &self.settings.data_centers;
        match (bound, &datacenters[..]) {
            (Some(place), _) => Site { datacenter: Some(place), ..Site::default() },
            (None, [only]) => Site { datacenter: Some(*only), ..Site::default() },
            (None, _) => Site { datacenters: datacenters.clone(), ..Site::default() },
        }
    }
    /// SLS-03. Whether its bounds are in order; what is said of a scripted one is looked at in the run.
    pub(super) fn has_bounds(&self, scene: &Scene<'_>) -> bool {
        let Settings { workers_min, workers_max, .. } = self.settings;
        workers_min <= workers_max && workers_max <= scene.rules.serverless.workers_limit
    }
    /// What is wrong with the whole of it (SLS-06, SLS-07, SLS-08, SLS-26), the worst first.
    fn wrong(&self, scene: &Scene<'_>) -> Vec<Wrong> {
        let (rules, settings) = (&scene.rules.serverless, &self.settings);
        let mut wrong: Vec<Wrong> = Vec::new();
        let single = self.types.iter().find(|gpu_type| {
            let class = gpus::class_of(**gpu_type, scene.types, scene.rules);
            class.is_none_or(|class| rules.multi_gpu_classes.iter().all(|able| able != class))
        });
        if let Some(single) = single.filter(|_| 1 < settings.gpus_per_worker) {
            let name = &scene.types.known(*single).display_name;
            let message = format!("several GPUs of type `{name}` in one worker (SLS-06)");
            let expected = "1, or types of the rules' `multi_gpu_classes` alone";
            wrong.push(("gpus_per_worker", message, expected, Amiss::BadArgument));
        }
        let volume = settings.network_volume;
        let bound = volume.and_then(|volume| scene.volumes.places[volume.index()]);
        if let Some(place) = bound
            && !settings.data_centers.is_empty()
            && !settings.data_centers.contains(&place)
        {
            let message = "none of its data centers has its network volume (SLS-07)".to_owned();
            let expected = "the data center of the network volume, or none";
            wrong.push(("data_centers", message, expected, Amiss::BadArgument));
        }
        if settings.model_source == ModelSource::NetworkVolume && volume.is_none() {
            let message = "a model on no network volume (SLS-26)".to_owned();
            let expected = "`network_volume` beside it, or another source";
            wrong.push(("model_source", message, expected, Amiss::BadArgument));
        }
        if !rules.fit_check {
            return wrong;
        }
        if settings.container_disk < settings.image_gb {
            let (image, disk) = (settings.image_gb, settings.container_disk);
            let message = format!("an image of {image} GB on a disk of {disk} GB (SLS-08)");
            let expected = "a `container_disk_gb` of at least the image";
            wrong.push(("container_disk_gb", message, expected, Amiss::TooLarge));
        }
        let small = self.types.iter().map(|gpu_type| scene.types.known(*gpu_type)).find(|known| {
            let memory = u64::from(known.memory.get()) * u64::from(settings.gpus_per_worker);
            memory < u64::from(settings.model_gb.get())
        });
        if let Some(small) = small {
            let (model, gpus) = (settings.model_gb, settings.gpus_per_worker);
            let memory = u64::from(small.memory.get()) * u64::from(gpus);
            let name = &small.display_name;
            let message = format!("a model of {model} GB in {memory} GB of `{name}` (SLS-08)");
            let expected = "a model that the GPUs of a worker can hold, for each type listed";
            wrong.push(("model_gb", message, expected, Amiss::TooLarge));
        }
        wrong
    }
    /// Reports all that would be refused of an endpoint that is there at the start.
    pub(super) fn check(&self, sayer: &mut Sayer<'_>, said: &SettingsText, scene: &Scene<'_>) {
        let stated = [
            ("workers_min", said.workers_min),
            ("workers_max", said.workers_max),
            ("gpus_per_worker", said.gpus_per_worker),
            ("data_centers", said.data_centers),
            ("model_source", said.model_source),
            ("container_disk_gb", said.container_disk_gb),
            ("model_gb", said.model_gb),
        ];
        let is_stated =
            |name: &str| stated.iter().any(|(known, field)| *known == name && field.is_stated());
        let Settings { workers_min, workers_max, .. } = self.settings;
        let limit = scene.rules.serverless.workers_limit;
        let mut report = |name: &str, message: String, expected: String| {
            let whole = sayer.place.clone();
            let place = if is_stated(name) { sayer.place.field(name) } else { whole };
            sayer.reader.report(&place, Fault::new(message, expected));
        };
        if workers_max < workers_min {
            let name = if is_stated("workers_min") { "workers_min" } else { "workers_max" };
            let message = "the minimum of workers is above the maximum (SLS-03)".to_owned();
            let expected = format!("a `workers_min` of at most `workers_max`, {workers_max}");
            report(name, message, expected);
        }
        if limit < workers_max {
            let message = "too many workers (SLS-03)".to_owned();
            report("workers_max", message, format!("at most the rules' `workers_limit`, {limit}"));
        }
        for (name, message, expected, _) in self.wrong(scene) {
            report(name, message, expected.to_owned());
        }
    }
}

/// The images of endpoints that share none: each of its own size, with the model that is kept beside it.
#[derive(Debug, Default)]
pub(super) struct OwnImages {
    made: Vec<(Make, ImageId)>,
}

/// What an image is made of: its endpoint, the image that it shares, its size, that of the model.
type Make = (EndpointId, Option<ImageId>, Gb, Gb);

impl OwnImages {
    fn of(
        &mut self,
        (id, name): (EndpointId, &str),
        draft: &Draft,
        scene: &mut Scene<'_>,
    ) -> ImageId {
        let settings = &draft.settings;
        let is_cached = settings.model_source == ModelSource::HostCache;
        let model = if is_cached { settings.model_gb } else { Gb::ZERO };
        let size = match draft.shared {
            Some(shared) if model == Gb::ZERO => return shared,
            Some(_) => Gb::ZERO,
            None => settings.image_gb,
        };
        let key: Make = (id, draft.shared, size, model);
        if let Some((_, known)) = self.made.iter().find(|(known, _)| *known == key) {
            return *known;
        }
        let earlier = self.made.iter().filter(|((of, ..), _)| *of == id).count();
        let name = if earlier == 0 { name.to_owned() } else { format!("{name}-r{}", earlier + 1) };
        let image = scene.templates.images.own(name, size + model, draft.shared);
        self.made.push((key, image));
        image
    }
}
