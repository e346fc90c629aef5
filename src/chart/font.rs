//! The font that comes with the charts, so that none of the system's is needed.
//!
//! A subset of Inter (`font/README.md` says how it was made). The charts lay text out by its widths, pixels are
//! made of its outlines, and each SVG has it inside.

use ab_glyph::{Font, FontRef, PxScale, point};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use std::sync::OnceLock;

/// Its name inside an SVG: that of no system's font.
pub(super) const FAMILY: &str = "Walras Inter";

static OUTLINES: &[u8] = include_bytes!("font/inter.otf");
static FOR_SVG: &[u8] = include_bytes!("font/inter.woff2");

fn face() -> &'static FontRef<'static> {
    static FACE: OnceLock<FontRef<'static>> = OnceLock::new();
    FACE.get_or_init(|| FontRef::try_from_slice(OUTLINES).expect("the font is part of the program"))
}

/// The style sheet that brings the font into an SVG or a page.
pub(super) fn style_sheet() -> String {
    let font = STANDARD.encode(FOR_SVG);
    format!(
        "@font-face{{font-family:\"{FAMILY}\";src:url(data:font/woff2;base64,{font}) format(\"woff2\")}}"
    )
}

/// How wide `text` is where an em is `size` wide.
pub(super) fn width(text: &str, size: f64) -> f64 {
    let em = f64::from(face().units_per_em().expect("the font states it"));
    let advance = |c| f64::from(face().h_advance_unscaled(face().glyph_id(c)));
    text.chars().map(advance).sum::<f64>() / em * size
}

/// As much of `text` as is no wider than `most`, with an ellipsis where something is left out.
pub(super) fn fitted(text: &str, size: f64, most: f64) -> String {
    if width(text, size) <= most {
        return text.to_owned();
    }
    let mut kept: Vec<char> = text.chars().collect();
    while kept.pop().is_some() {
        let short = kept.iter().collect::<String>().trim_end().to_owned() + "…";
        if width(&short, size) <= most {
            return short;
        }
    }
    String::new()
}

/// `text` in one line, or in two where one has no room for it: what is left out then is in the middle of the second, as
/// what matters most may stand at the end.
pub(super) fn lines(text: &str, size: f64, most: f64) -> Vec<String> {
    if width(text, size) <= most {
        return vec![text.to_owned()];
    }
    let mut spaces = text.match_indices(' ').map(|(at, _)| at);
    let split = spaces.rfind(|at| width(&text[..*at], size) <= most);
    let Some(at) = split else { return vec![fitted(text, size, most)] };
    vec![text[..at].to_owned(), fitted_name(&text[at + 1..], size, most)]
}

/// As much of a name as is no wider than `most`: what is left out is in its middle, as names of a kind differ at their ends.
pub(super) fn fitted_name(text: &str, size: f64, most: f64) -> String {
    if width(text, size) <= most {
        return text.to_owned();
    }
    let letters: Vec<char> = text.chars().collect();
    for kept in (2..letters.len()).rev() {
        let (before, after) = (kept.div_ceil(2), kept / 2);
        let begin: String = letters[..before].iter().collect();
        let end: String = letters[letters.len() - after..].iter().collect();
        let short = format!("{}…{}", begin.trim_end(), end.trim_start());
        if width(&short, size) <= most {
            return short;
        }
    }
    fitted(text, size, most)
}

/// Tells the pixels of `text` whose baseline begins at `at`, each with how much of it is covered.
pub(super) fn draw(
    text: &str,
    size: f64,
    (x, y): (f64, f64),
    mut pixel: impl FnMut(i32, i32, f64),
) {
    let em = f64::from(face().units_per_em().expect("the font states it"));
    let scale = PxScale::from(single(size * f64::from(face().height_unscaled()) / em));
    let mut pen = x;
    for c in text.chars() {
        let glyph =
            face().glyph_id(c).with_scale_and_position(scale, point(single(pen), single(y)));
        if let Some(outline) = face().outline_glyph(glyph) {
            let corner = outline.px_bounds().min;
            let (left, top) = (whole(corner.x), whole(corner.y));
            outline.draw(|right, down, coverage| {
                let offset = |n: u32| i32::try_from(n).expect("a glyph is small");
                pixel(left + offset(right), top + offset(down), coverage.into());
            });
        }
        pen += f64::from(face().h_advance_unscaled(face().glyph_id(c))) / em * size;
    }
}

#[expect(clippy::cast_possible_truncation, reason = "a place in a picture needs no more bits")]
const fn single(number: f64) -> f32 {
    number as f32
}
#[expect(clippy::cast_possible_truncation, reason = "pixels are few, and the cast saturates")]
const fn whole(number: f32) -> i32 {
    number as i32
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_is_measured_fitted_and_made_of_pixels() {
        let (narrow, wide) = (width("ill", 12.0), width("MMM", 12.0));
        assert!(0.0 < narrow && narrow < wide && wide < 45.0, "{narrow} {wide}");
        assert_eq!(fitted("short", 12.0, 100.0), "short");
        let cut = fitted("much too long for its place", 12.0, 80.0);
        assert!(cut.ends_with('…') && width(&cut, 12.0) <= 80.0, "{cut}");
        let cut = fitted_name("a-host-with-an-extraordinarily-long-name-12 × 8", 12.0, 190.0);
        assert!(cut.starts_with("a-host-with") && cut.ends_with("-name-12 × 8"), "{cut}");
        assert!(cut.contains('…') && width(&cut, 12.0) <= 190.0, "{cut}");
        assert_eq!(fitted_name("short", 12.0, 100.0), "short");
        assert_eq!(lines("short", 12.0, 100.0), ["short"]);
        let two = lines("what is too long for one line, up to its end", 12.0, 160.0);
        assert_eq!(two.len(), 2, "{two:?}");
        assert!(two[1].ends_with("its end") && two.iter().all(|line| width(line, 12.0) <= 160.0));
        let mut ink = 0.0;
        draw("Ag", 20.0, (5.0, 30.0), |_, _, coverage| ink += coverage);
        assert!(50.0 < ink && ink < 400.0, "{ink}");
    }
}
