//! The values of an axis: listed, or spread over a range; one for each step of a grid, or for a share of the way.

/// What an axis can be.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Values {
    /// As the file writes them.
    Listed(Vec<String>),
    Range {
        from: f64,
        to: f64,
        steps: u32,
        unit: Option<String>,
        whole: bool,
        logarithmic: bool,
    },
}

impl Values {
    /// How many a grid has.
    pub(super) fn count(&self) -> usize {
        match self {
            Self::Listed(values) => values.len(),
            Self::Range { steps, .. } => *steps as usize,
        }
    }
    /// The value of this index of a grid.
    pub(super) fn at(&self, index: usize) -> String {
        match self {
            Self::Listed(values) => values[index].clone(),
            Self::Range { steps, .. } => {
                let last = f64::from(steps.saturating_sub(1).max(1));
                let index = u32::try_from(index).expect("an index below a number of steps");
                self.along(f64::from(index) / last)
            }
        }
    }
    /// The value at this share of the range, each of whole ones with the same probability.
    pub(super) fn within(&self, share: f64) -> String {
        match self {
            Self::Range { from, to, whole: true, logarithmic, unit, .. } => {
                let (least, beyond) = (from.min(*to), from.max(*to) + 1.0);
                let value = if *logarithmic {
                    least * libm::pow(beyond / least, share)
                } else {
                    least + (beyond - least) * share
                };
                written(value.floor().min(beyond - 1.0), unit.as_deref())
            }
            Self::Listed(_) | Self::Range { .. } => self.along(share),
        }
    }
    /// The value at this share of the way from the first to the last.
    fn along(&self, share: f64) -> String {
        match self {
            Self::Listed(values) => {
                #[expect(clippy::cast_precision_loss, reason = "a list of a file is short")]
                let length = values.len() as f64;
                #[expect(
                    clippy::cast_possible_truncation,
                    clippy::cast_sign_loss,
                    reason = "a share of a length"
                )]
                let index = (share * length) as usize;
                values[index.min(values.len() - 1)].clone()
            }
            Self::Range { from, to, unit, whole, logarithmic, .. } => {
                let value = if *logarithmic {
                    from * libm::pow(to / from, share)
                } else {
                    from + (to - from) * share
                };
                // Six decimals: beyond them would stand what a division leaves.
                let value = if *whole { value.round() } else { (value * 1e6).round() / 1e6 };
                written(value, unit.as_deref())
            }
        }
    }
}

/// As a scenario writes it.
fn written(value: f64, unit: Option<&str>) -> String {
    match unit {
        Some(unit) => format!("\"{value}{unit}\""),
        None => value.to_string(),
    }
}
