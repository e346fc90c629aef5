//! Images that hosts keep, solved by hand (TMPL-04, TMPL-05).

use crate::stage::Case;

#[test]
fn hosts_keep_images_as_was_solved_by_hand() {
    Case::check_all(&Case::read(include_str!("images.txt")));
}
