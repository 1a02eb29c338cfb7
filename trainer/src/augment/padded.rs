//! A picture with a margin, so that windows near its border need no special care.

use crate::augment::Picture;

/// What lies beyond the border, in OpenCV's terms.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Edge {
    /// The picture mirrored at its outermost pixels, which are not repeated (`BORDER_REFLECT_101`).
    Mirror,
    /// The outermost pixels (`BORDER_REPLICATE`).
    Repeat,
}

impl Edge {
    /// The row or column of `count`, at least 1, that is seen at `place`.
    pub(super) fn index(self, place: isize, count: usize) -> usize {
        let last = count as isize - 1;
        match self {
            Edge::Mirror if last > 0 => {
                let place = place.rem_euclid(2 * last);
                place.min(2 * last - place) as usize
            }
            Edge::Mirror | Edge::Repeat => place.clamp(0, last) as usize,
        }
    }
}

/// A square picture with `margin` more pixels on each side, `RGBRGB...`.
pub(super) struct Padded {
    side: usize,
    /// Values from one row to the next.
    stride: usize,
    values: Vec<u8>,
}

impl Padded {
    pub(super) fn new(picture: &Picture, margin: usize, edge: Edge) -> Self {
        let side = picture.side();
        let width = side + 2 * margin;
        let mut values = Vec::with_capacity(width * width * 3);
        let place = |index: usize| edge.index(index as isize - margin as isize, side);
        let outer: Vec<usize> = (0..width).map(place).collect();
        for row in &outer {
            let row = &picture.values()[row * side * 3..(row + 1) * side * 3];
            extend(&mut values, row, &outer[..margin]);
            values.extend_from_slice(row);
            extend(&mut values, row, &outer[width - margin..]);
        }
        Self {
            side,
            stride: width * 3,
            values,
        }
    }

    /// `side` pixels of a row of the padded picture from a column of it on.
    pub(super) fn row(&self, row: usize, column: usize) -> &[u8] {
        let start = row * self.stride + column * 3;
        &self.values[start..start + self.side * 3]
    }
}

/// Appends the pixels of a row at the given columns.
fn extend(values: &mut Vec<u8>, row: &[u8], columns: &[usize]) {
    for column in columns {
        values.extend_from_slice(&row[column * 3..column * 3 + 3]);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn margins_hold_what_the_edge_says() {
        let picture = Picture::from_fn(3, |row, column, channel| {
            (100 * row + 10 * column + channel) as u8
        });
        let row = |edge: Edge| {
            let padded = Padded::new(&picture, 2, edge);
            let reds = padded.values.chunks_exact(21).nth(2).unwrap_or_default();
            reds.iter().step_by(3).copied().collect::<Vec<u8>>()
        };
        assert_eq!(row(Edge::Mirror), [20, 10, 0, 10, 20, 10, 0]);
        assert_eq!(row(Edge::Repeat), [0, 0, 0, 10, 20, 20, 20]);
        let mirrored = Padded::new(&picture, 2, Edge::Mirror);
        assert_eq!(mirrored.row(0, 2), &picture.values()[18..]);
        let repeated = Padded::new(&picture, 2, Edge::Repeat);
        assert_eq!(repeated.row(4, 2), repeated.row(6, 2));
    }

    #[test]
    fn mirrors_repeat_as_often_as_needed() {
        let seen: Vec<_> = (-5..8).map(|place| Edge::Mirror.index(place, 3)).collect();
        let expected = [1, 0, 1, 2, 1, 0, 1, 2, 1, 0, 1, 2, 1];
        assert_eq!(seen, expected);
        assert_eq!(Edge::Mirror.index(9, 1), 0);
    }
}
