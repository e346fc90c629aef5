//! The hosts of storms.

use super::{Machine, Weather};
use proptest::prelude::*;
use proptest::sample::select;
use walras::scenario::model::Cloud;

pub(super) fn machines(weather: Weather) -> impl Strategy<Value = Vec<Machine>> {
    let gpus = select(vec![1, 2, 4, 4]);
    let cloud = select(vec![Cloud::Secure, Cloud::Community]);
    let floor = proptest::option::weighted(0.3, select(vec![49, 52]));
    let machine = (gpus, 0..2_usize, cloud, floor).prop_map(move |(gpus, of, cloud, floor)| {
        if weather.mixed { (gpus, of, cloud, floor) } else { (gpus, 0, Cloud::Secure, floor) }
    });
    proptest::collection::vec(machine, 1..=if weather.odd { 2 } else { 4 })
}
