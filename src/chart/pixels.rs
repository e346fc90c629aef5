//! A picture as PNG.
//!
//! Shapes are drawn by plotters' bitmap backend at four times the size in pixels and then averaged two by two,
//! so that a picture of 900 is 1,800 pixels wide and its edges are smooth; texts are drawn from the outlines of
//! the font.

use super::font;
use super::palette::{Colour, Stroke};
use super::picture::{Anchor, Picture, Place, Shape, Text, tenths};
use super::svg::rgb;
use plotters::backend::BitMapBackend;
use plotters::prelude::DrawingBackend;
use plotters::style::{Color, ShapeStyle};

/// Pixels of the PNG to one of the picture.
const SCALE: u32 = 2;
/// Drawn pixels to one of the PNG, in each direction.
const FINER: u32 = 2;
/// Bytes of a pixel.
const BYTES: usize = 3;

/// The PNG of a picture.
pub(super) fn png(picture: &Picture) -> Vec<u8> {
    let (width, height) = (picture.width * SCALE, picture.height * SCALE);
    let fine = (width * FINER, height * FINER);
    let mut pixels = vec![0xFF; fine.0 as usize * fine.1 as usize * BYTES];
    {
        let mut backend = BitMapBackend::with_buffer(&mut pixels, fine);
        for shape in &picture.shapes {
            draw(&mut backend, shape);
        }
    }
    encoded(&averaged(&pixels, (width, height)), (width, height))
}

fn draw(backend: &mut BitMapBackend<'_>, shape: &Shape) {
    match shape {
        Shape::Line(places, stroke) => {
            for piece in dashes(places, *stroke) {
                line(backend, &piece, *stroke);
            }
        }
        Shape::Area(outline, colour) => area(backend, outline, *colour),
        Shape::Disc(centre, radius, colour) => disc(backend, *centre, *radius, *colour),
        Shape::Text(text) => write(backend, text),
    }
}

/// Drawn pixels to one of the picture.
fn finer() -> f64 {
    f64::from(SCALE * FINER)
}

/// A place in drawn pixels, from tenths of a pixel as an SVG has it.
#[expect(clippy::cast_possible_truncation, reason = "pictures are small, and the cast saturates")]
fn fine((x, y): Place) -> (i32, i32) {
    let fine = |pixels: f64| (f64::from(tenths(pixels)) / 10.0 * finer()).round() as i32;
    (fine(x), fine(y))
}

fn area(backend: &mut BitMapBackend<'_>, outline: &[Place], colour: Colour) {
    let places: Vec<_> = outline.iter().copied().map(fine).collect();
    let extent = |of: fn(&(i32, i32)) -> i32| {
        let values = || places.iter().map(of);
        values().max().unwrap_or(0) - values().min().unwrap_or(0)
    };
    // The backend draws what is flat as a line, which is more than nothing.
    if 0 < extent(|place| place.0) && 0 < extent(|place| place.1) {
        backend.fill_polygon(places, &rgb(colour).filled()).expect("memory takes every shape");
    }
}

fn disc(backend: &mut BitMapBackend<'_>, centre: Place, radius: f64, colour: Colour) {
    let (radius, _) = fine((radius, 0.0));
    let drawn =
        backend.draw_circle(fine(centre), radius.unsigned_abs(), &rgb(colour).filled(), true);
    drawn.expect("memory takes every shape");
}

/// A line: a stroke from place to place, and a disc where two meet.
fn line(backend: &mut BitMapBackend<'_>, places: &[Place], stroke: Stroke) {
    let width = fine((stroke.width, 0.0)).0.unsigned_abs().max(1);
    let style =
        ShapeStyle { color: rgb(stroke.colour).to_rgba(), filled: true, stroke_width: width };
    for pair in places.windows(2) {
        let drawn = backend.draw_line(fine(pair[0]), fine(pair[1]), &style);
        drawn.expect("memory takes every shape");
    }
    let inner = places.len().saturating_sub(1);
    for place in places.iter().take(inner).skip(1) {
        disc(backend, *place, stroke.width / 2.0, stroke.colour);
    }
}

/// The pieces of a line that its dashes leave.
fn dashes(places: &[Place], stroke: Stroke) -> Vec<Vec<Place>> {
    let pattern = stroke.dash.pattern();
    if pattern.is_empty() {
        return vec![places.to_vec()];
    }
    let mut piece: Vec<Place> = places.first().copied().into_iter().collect();
    let mut pieces = Vec::new();
    let (mut index, mut left) = (0, pattern[0]);
    for pair in places.windows(2) {
        let (mut from, to) = (pair[0], pair[1]);
        loop {
            let (dx, dy) = (to.0 - from.0, to.1 - from.1);
            let length = (dx * dx + dy * dy).sqrt();
            if length <= left {
                left -= length;
                break;
            }
            from = (from.0 + dx / length * left, from.1 + dy / length * left);
            if index % 2 == 0 {
                piece.push(from);
                pieces.push(std::mem::take(&mut piece));
            } else {
                piece = vec![from];
            }
            index = (index + 1) % pattern.len();
            left = pattern[index];
        }
        if index % 2 == 0 {
            piece.push(to);
        }
    }
    pieces.push(piece);
    pieces
}

fn write(backend: &mut BitMapBackend<'_>, text: &Text) {
    let size = text.size * finer();
    let wide = font::width(&text.text, size);
    let before = match text.anchor {
        Anchor::Start => 0.0,
        Anchor::Middle => wide / 2.0,
        Anchor::End => wide,
    };
    let (x, y) = fine(text.at);
    let place = (f64::from(x) - before, f64::from(y));
    let colour = rgb(text.colour);
    font::draw(&text.text, size, place, |x, y, coverage| {
        let drawn = backend.draw_pixel((x, y), colour.mix(coverage).to_backend_color());
        drawn.expect("memory takes every pixel");
    });
}

/// Each pixel the mean of those that were drawn for it.
#[expect(clippy::cast_possible_truncation, reason = "a mean of bytes is one")]
fn averaged(pixels: &[u8], (width, height): (u32, u32)) -> Vec<u8> {
    let (width, height, finer) = (width as usize, height as usize, FINER as usize);
    let row = width * finer * BYTES;
    let mut means = Vec::with_capacity(width * height * BYTES);
    for y in 0..height {
        for x in 0..width {
            for byte in 0..BYTES {
                let places = (0..finer * finer).map(|n| {
                    (y * finer + n / finer) * row + (x * finer + n % finer) * BYTES + byte
                });
                let sum: u32 = places.map(|place| u32::from(pixels[place])).sum();
                means.push(((sum + FINER * FINER / 2) / (FINER * FINER)) as u8);
            }
        }
    }
    means
}

fn encoded(pixels: &[u8], (width, height): (u32, u32)) -> Vec<u8> {
    let mut bytes = Vec::new();
    let mut encoder = png::Encoder::new(&mut bytes, width, height);
    encoder.set_color(png::ColorType::Rgb);
    encoder.set_depth(png::BitDepth::Eight);
    let writer = encoder.write_header();
    let written = writer.and_then(|mut writer| writer.write_image_data(pixels));
    written.expect("memory takes every picture");
    bytes
}
