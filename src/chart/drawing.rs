//! A finished chart: its picture, and what a page needs to know to show values beside the pointer and to zoom.

use super::axis::Axis;
use super::font;
use super::picture::Picture;
use super::plot::Series;
use super::{Format, pixels, svg};
use serde::Serialize;

/// The area between the axes of a plot, in pixels of the drawing.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Area {
    /// From the left edge of the drawing.
    pub left: f64,
    /// From its upper edge.
    pub top: f64,
    /// From the left edge, too.
    pub right: f64,
    /// From the upper edge, too.
    pub bottom: f64,
}

/// One plot of a drawing.
///
/// A value v on a linear axis lies at the share (v − from) / (to − from) of its length, on a logarithmic one at
/// that of the logarithms; the horizontal axis runs from left to right, the vertical one from bottom to top.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Panel {
    /// What it is about; may be empty.
    pub title: String,
    /// Where it is.
    pub area: Area,
    /// Its horizontal axis.
    pub x: Axis,
    /// Its vertical axis.
    pub y: Axis,
    /// What it shows, as it was drawn.
    pub series: Vec<Series>,
}

/// A chart.
#[derive(Clone, Debug, PartialEq)]
pub struct Drawing {
    /// The file that it is written to, without its ending.
    pub name: &'static str,
    /// What it shows, in a sentence.
    pub title: String,
    /// Its plots, from the top.
    pub panels: Vec<Panel>,
    pub(super) picture: Picture,
}

impl Drawing {
    /// Its width and height in pixels.
    pub fn size(&self) -> (u32, u32) {
        (self.picture.width, self.picture.height)
    }
    /// The chart as a file.
    pub fn bytes(&self, format: Format) -> Vec<u8> {
        match format {
            Format::Svg => self.svg().into_bytes(),
            Format::Png => pixels::png(&self.picture),
        }
    }
    /// The SVG, with the font inside.
    pub fn svg(&self) -> String {
        svg::svg(&self.picture, &self.title, true)
    }
    /// The SVG without the font, for a page that has [`style_sheet`] once.
    pub fn svg_without_font(&self) -> String {
        svg::svg(&self.picture, &self.title, false)
    }
    /// The SVG for a page that has [`style_sheet`] once and zooms: shapes stand in groups of the classes `fixed`,
    /// `axes`, `data` (which stretches with an axis) and `marks` (which moves only), each with its plot's place
    /// among the [`panels`](Self::panels) in `data-plot`.
    pub fn svg_in_groups(&self) -> String {
        svg::in_groups(&self.picture, &self.title)
    }
}

/// The style sheet that gives a page the font of its charts.
pub fn style_sheet() -> String {
    font::style_sheet()
}
