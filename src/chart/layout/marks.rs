//! Marks at points, and the keys of a legend.

use super::{KEY, Sheet};
use crate::chart::palette::Fill;
use crate::chart::picture::{Place, Shape};
use crate::chart::plot::{Form, Key, Mark};

impl Sheet {
    /// A mark around a place.
    pub(super) fn mark(&mut self, mark: Mark, (x, y): Place) {
        let Mark { form, radius: r, colour } = mark;
        let outline = match form {
            Form::Disc => {
                self.picture.shapes.push(Shape::Disc((x, y), r, colour));
                return;
            }
            Form::Square => {
                let r = r * 0.9;
                vec![(x - r, y - r), (x + r, y - r), (x + r, y + r), (x - r, y + r)]
            }
            Form::Diamond => {
                let r = r * 1.25;
                vec![(x, y - r), (x + r, y), (x, y + r), (x - r, y)]
            }
            Form::Triangle => vec![(x - r, y + r * 0.8), (x, y - r), (x + r, y + r * 0.8)],
            Form::Wedge => vec![(x - r, y - r * 0.8), (x, y + r), (x + r, y - r * 0.8)],
        };
        self.picture.fill(outline, Fill::plain(colour));
    }

    /// A key, its left end at a place.
    pub(super) fn key(&mut self, key: Key, (x, y): Place) {
        match key {
            Key::Line(stroke) => self.picture.line(vec![(x, y), (x + KEY, y)], stroke),
            Key::Fill(fill) => {
                let (left, right) = (x + 4.0, x + KEY - 2.0);
                self.picture.rectangle((left, y - 6.0), (right, y + 6.0), fill);
            }
            Key::Mark(mark) => self.mark(mark, (x + KEY / 2.0, y)),
        }
    }
}
