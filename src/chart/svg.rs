//! A picture as SVG.
//!
//! Shapes are written by plotters' SVG backend, in tenths of a pixel, within a group that scales them back; texts
//! and dashes are written here. The font is inside, so that text is text (it can be searched, and read aloud) and
//! looks alike everywhere.

use super::font;
use super::palette::{Colour, Dash, Stroke};
use super::picture::{Anchor, Picture, Place, Role, Shape, Text, tenths};
use plotters::backend::SVGBackend;
use plotters::prelude::DrawingBackend;
use plotters::style::{Color, RGBColor, ShapeStyle};
use std::fmt::Write;

/// The SVG of a picture; `title`: what it is called by whoever reads it aloud; `font`: whether the font is inside,
/// or comes with the page that the SVG stands in.
pub(super) fn svg(picture: &Picture, title: &str, font: bool) -> String {
    written_with(picture, title, font, &mut |_| String::new())
}

/// The SVG for a page that zooms: without the font, its shapes in groups of a class each (`axes`, `data`, `marks`, and
/// `fixed`), which name their plot.
pub(super) fn in_groups(picture: &Picture, title: &str) -> String {
    let mut roles = picture.roles.iter().peekable();
    let mut text = written_with(picture, title, false, &mut |index| {
        let mut group = if index == 0 { "<g class=\"fixed\">\n".to_owned() } else { String::new() };
        while let Some((_, role)) = roles.next_if(|(from, _)| *from <= index) {
            let (class, plot) = match role {
                Role::Fixed => ("fixed", 0),
                Role::Axes(plot) => ("axes", *plot),
                Role::Data(plot) => ("data", *plot),
                Role::Marks(plot) => ("marks", *plot),
            };
            group = format!("</g>\n<g class=\"{class}\" data-plot=\"{plot}\">\n");
            if index == 0 {
                group = group.replace("</g>\n", "");
            }
        }
        group
    });
    text.insert_str(text.len() - "</g>\n</svg>\n".len(), "</g>\n");
    text
}

/// The SVG, with what `before` says before each shape, by its place among them.
fn written_with(
    picture: &Picture,
    title: &str,
    font: bool,
    before: &mut dyn FnMut(usize) -> String,
) -> String {
    let Picture { width, height, shapes, .. } = picture;
    let style =
        if font { format!("<style>{}</style>\n", font::style_sheet()) } else { String::new() };
    let mut text = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{width}\" height=\"{height}\" \
         viewBox=\"0 0 {width} {height}\" role=\"img\">\n<title>{}</title>\n{style}\
         <rect width=\"100%\" height=\"100%\" fill=\"#ffffff\"/>\n\
         <g transform=\"scale(0.1)\" font-family=\"{}, Inter, sans-serif\" stroke-linejoin=\"round\">\n",
        escaped(title),
        font::FAMILY,
    );
    for (index, shape) in shapes.iter().enumerate() {
        text.push_str(&before(index));
        text.push_str(&element(shape, (*width, *height)));
    }
    text.push_str("</g>\n</svg>\n");
    text
}

fn element(shape: &Shape, size: (u32, u32)) -> String {
    match shape {
        Shape::Line(places, stroke) => line(places, *stroke, size),
        Shape::Area(outline, colour) => drawn(size, |backend| {
            let places = outline.iter().copied().map(in_tenths);
            backend.fill_polygon(places, &filled(*colour))
        }),
        Shape::Disc(centre, radius, colour) => drawn(size, |backend| {
            let radius = tenths(*radius).unsigned_abs();
            backend.draw_circle(in_tenths(*centre), radius, &filled(*colour), true)
        }),
        Shape::Text(text) => written(text),
    }
}

fn line(places: &[Place], stroke: Stroke, size: (u32, u32)) -> String {
    let style = ShapeStyle {
        color: rgb(stroke.colour).to_rgba(),
        filled: false,
        stroke_width: tenths(stroke.width).unsigned_abs(),
    };
    let line =
        drawn(size, |backend| backend.draw_path(places.iter().copied().map(in_tenths), &style));
    if stroke.dash == Dash::Solid {
        return line;
    }
    let lengths: Vec<String> =
        stroke.dash.pattern().iter().map(|length| tenths(*length).to_string()).collect();
    format!("<g stroke-dasharray=\"{}\">{}</g>\n", lengths.join(" "), line.trim_end())
}

/// What plotters writes of one shape, without the document around it.
fn drawn<E: std::fmt::Debug>(
    size: (u32, u32),
    draw: impl FnOnce(&mut SVGBackend<'_>) -> Result<(), E>,
) -> String {
    let mut document = String::new();
    {
        let mut backend = SVGBackend::with_string(&mut document, size);
        draw(&mut backend).expect("memory takes every shape");
    }
    let inner = document.lines().filter(|line| !line.starts_with("<svg") && *line != "</svg>");
    inner.fold(String::new(), |mut text, line| {
        text.push_str(line);
        text.push('\n');
        text
    })
}

fn written(text: &Text) -> String {
    let (x, y) = in_tenths(text.at);
    let anchor = match text.anchor {
        Anchor::Start => "start",
        Anchor::Middle => "middle",
        Anchor::End => "end",
    };
    let mut element = String::new();
    let written = writeln!(
        element,
        "<text x=\"{x}\" y=\"{y}\" text-anchor=\"{anchor}\" font-size=\"{}\" fill=\"{}\">{}</text>",
        tenths(text.size),
        text.colour.hex(),
        escaped(&text.text),
    );
    written.expect("memory takes every text");
    element
}

fn in_tenths((x, y): Place) -> (i32, i32) {
    (tenths(x), tenths(y))
}

fn filled(colour: Colour) -> ShapeStyle {
    rgb(colour).filled()
}

/// As plotters has it.
pub(super) const fn rgb(Colour(red, green, blue): Colour) -> RGBColor {
    RGBColor(red, green, blue)
}

fn escaped(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '&' => escaped.push_str("&amp;"),
            '"' => escaped.push_str("&quot;"),
            // XML has no other control characters.
            control if control.is_control() => escaped.push(' '),
            other => escaped.push(other),
        }
    }
    escaped
}
