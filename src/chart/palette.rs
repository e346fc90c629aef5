//! Colours that stay apart for everyone: hues of Okabe and Ito (2008), in an order of falling darkness, so that
//! they stay apart without hue, too; lines differ by their dashes besides.

/// A colour: red, green, blue.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Colour(pub(super) u8, pub(super) u8, pub(super) u8);

/// Text and axes.
pub(super) const INK: Colour = Colour(0x22, 0x22, 0x22);
/// What is said beside.
pub(super) const PALE_INK: Colour = Colour(0x66, 0x66, 0x66);
/// Lines across a plot.
pub(super) const GRID: Colour = Colour(0xE3, 0xE3, 0xE3);
/// Behind everything, and between areas.
pub(super) const PAPER: Colour = Colour(0xFF, 0xFF, 0xFF);

/// Dark blue: on demand, and whatever comes first.
pub(super) const BLUE: Colour = Colour(0x00, 0x55, 0x8B);
/// Green: serverless.
pub(super) const GREEN: Colour = Colour(0x00, 0x9E, 0x73);
/// Orange: spot.
pub(super) const ORANGE: Colour = Colour(0xEF, 0xAD, 0x2B);
/// Vermillion: what is lost or at risk.
pub(super) const VERMILLION: Colour = Colour(0xD5, 0x5E, 0x00);
/// Light blue.
pub(super) const SKY: Colour = Colour(0x7C, 0xC3, 0xEE);
/// Purple.
pub(super) const PURPLE: Colour = Colour(0xA8, 0x53, 0x8A);
/// Light grey: what is free.
pub(super) const IDLE: Colour = Colour(0xEC, 0xEC, 0xEC);
/// Grey.
pub(super) const GREY: Colour = Colour(0x8C, 0x8C, 0x8C);

/// How a line is broken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Dash {
    /// Not at all.
    Solid,
    /// In dashes.
    Dashed,
    /// In dots.
    Dotted,
    /// In long dashes.
    Long,
    /// In dashes and dots.
    Mixed,
}

impl Dash {
    /// Lengths drawn and left out in turn, in pixels; none of a solid line.
    pub(super) const fn pattern(self) -> &'static [f64] {
        match self {
            Self::Solid => &[],
            Self::Dashed => &[6.0, 4.0],
            Self::Dotted => &[2.0, 3.0],
            Self::Long => &[12.0, 4.0],
            Self::Mixed => &[9.0, 3.0, 2.0, 3.0],
        }
    }
}

/// How a line is drawn.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Stroke {
    pub(super) colour: Colour,
    /// In pixels.
    pub(super) width: f64,
    pub(super) dash: Dash,
}

impl Stroke {
    pub(super) const fn new(colour: Colour, width: f64, dash: Dash) -> Self {
        Self { colour, width, dash }
    }
    /// A thin solid line.
    pub(super) const fn thin(colour: Colour) -> Self {
        Self::new(colour, 1.0, Dash::Solid)
    }
}

/// How an area is filled.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Fill {
    pub(super) colour: Colour,
    /// The colour of lines across it, if there are any.
    pub(super) hatch: Option<Colour>,
}

impl Fill {
    pub(super) const fn plain(colour: Colour) -> Self {
        Self { colour, hatch: None }
    }
    pub(super) const fn hatched(colour: Colour, hatch: Colour) -> Self {
        Self { colour, hatch: Some(hatch) }
    }
}

/// The lines of a chart that compares several of a kind, in order.
const LINES: [(Colour, Dash); 8] = [
    (BLUE, Dash::Solid),
    (VERMILLION, Dash::Dashed),
    (GREEN, Dash::Mixed),
    (INK, Dash::Dotted),
    (ORANGE, Dash::Solid),
    (PURPLE, Dash::Long),
    (SKY, Dash::Solid),
    (GREY, Dash::Dashed),
];

/// How many lines of a chart can be told apart.
pub(super) const DISTINCT: usize = LINES.len();

/// The line of the one at this place among several.
pub(super) const fn line(index: usize) -> Stroke {
    let (colour, dash) = LINES[index % DISTINCT];
    Stroke::new(colour, 2.0, dash)
}

/// Cividis (Nuñez, Anderton, Renslow 2018) at ten steps: dark blue to yellow, as even for the colour-blind and in
/// grey as for others.
const CIVIDIS: [Colour; 10] = [
    Colour(0, 32, 77),
    Colour(0, 52, 110),
    Colour(57, 72, 107),
    Colour(87, 92, 109),
    Colour(112, 113, 115),
    Colour(138, 134, 120),
    Colour(166, 157, 117),
    Colour(196, 181, 108),
    Colour(228, 207, 91),
    Colour(255, 234, 70),
];

/// The colour of a share between 0, dark, and 1, light.
#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a share of ten")]
pub(super) fn shade(share: f64) -> Colour {
    let place = share.clamp(0.0, 1.0) * 9.0;
    let below = (place.floor() as usize).min(8);
    let part = place - place.floor().min(8.0);
    let mix = |from: u8, to: u8| {
        (f64::from(from) + (f64::from(to) - f64::from(from)) * part).round() as u8
    };
    let (Colour(r, g, b), Colour(s, h, c)) = (CIVIDIS[below], CIVIDIS[below + 1]);
    Colour(mix(r, s), mix(g, h), mix(b, c))
}

impl Colour {
    /// As style sheets write it.
    pub(super) fn hex(self) -> String {
        let Self(red, green, blue) = self;
        format!("#{red:02x}{green:02x}{blue:02x}")
    }
    /// The same hue beside it, near to white.
    pub(super) const fn paler(self) -> Self {
        let Self(red, green, blue) = self;
        const fn paler(part: u8) -> u8 {
            0xFF - (0xFF - part) / 4
        }
        Self(paler(red), paler(green), paler(blue))
    }
    /// How light it is, 0 to 1 (the luma of Rec. 709).
    pub(super) fn lightness(self) -> f64 {
        let Self(red, green, blue) = self;
        (0.2126 * f64::from(red) + 0.7152 * f64::from(green) + 0.0722 * f64::from(blue)) / 255.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What lies upon one another in a stack differs without its hue, too.
    #[test]
    fn stacked_colours_grow_lighter() {
        let stack = [BLUE, GREEN, ORANGE, IDLE].map(Colour::lightness);
        assert!(stack.windows(2).all(|pair| pair[0] + 0.12 < pair[1]), "{stack:?}");
        let shades: Vec<f64> = (0..=20).map(|n| shade(f64::from(n) / 20.0).lightness()).collect();
        assert!(shades.windows(2).all(|pair| pair[0] < pair[1]), "{shades:?}");
    }
}
