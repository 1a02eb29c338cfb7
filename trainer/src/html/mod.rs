//! Reports as HTML pages that need nothing else: no network, no script, no other file.
//! `frame` is what all pages have in common, `plot` draws SVG whose text takes the page's colour, so that
//! it is readable on light and dark ground and on paper, `heat_map` draws confusion matrices.

pub(crate) mod frame;
pub(crate) mod heat_map;
pub(crate) mod plot;
