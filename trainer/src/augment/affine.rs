//! Affine maps of the plane, and pictures moved by them.

use crate::augment::{Border, Picture, remap};

/// `x' = a x + b y + c` and `y' = d x + e y + f`, pixels, y downwards.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Affine {
    /// `[[a, b, c], [d, e, f]]`.
    pub matrix: [[f64; 3]; 2],
}

impl Affine {
    /// A turn by `degrees`, counter-clockwise as seen, and a scaling about `center`
    /// (`cv2.getRotationMatrix2D`).
    pub fn rotation(center: [f64; 2], degrees: f64, scale: f64) -> Self {
        let (sine, cosine) = degrees.to_radians().sin_cos();
        let (a, b) = (scale * cosine, scale * sine);
        let [x, y] = center;
        Self {
            matrix: [
                [a, b, (1.0 - a) * x - b * y],
                [-b, a, b * x + (1.0 - a) * y],
            ],
        }
    }

    /// The map that takes three points to three others (`cv2.getAffineTransform`); `None` when the
    /// first three lie on a line.
    pub fn of_triangles(from: [[f64; 2]; 3], to: [[f64; 2]; 3]) -> Option<Self> {
        // Maps of the unit triangle, (0, 0), (1, 0), (0, 1), onto both.
        let onto = |corners: [[f64; 2]; 3]| {
            let [origin, one, other] = corners;
            let row = |axis: usize| {
                let start = origin[axis];
                [one[axis] - start, other[axis] - start, start]
            };
            Self {
                matrix: [row(0), row(1)],
            }
        };
        Some(onto(to).after(&onto(from).inverse()?))
    }

    /// This map after another one.
    fn after(&self, first: &Self) -> Self {
        let [p, q] = first.matrix;
        let row = |[a, b, c]: [f64; 3]| {
            [
                a * p[0] + b * q[0],
                a * p[1] + b * q[1],
                a * p[2] + b * q[2] + c,
            ]
        };
        Self {
            matrix: self.matrix.map(row),
        }
    }

    /// The map back; `None` when everything falls onto a line.
    pub fn inverse(&self) -> Option<Self> {
        let [[a, b, c], [d, e, f]] = self.matrix;
        let determinant = a * e - b * d;
        if !determinant.is_normal() {
            return None;
        }
        let [a, b, d, e] = [a, b, d, e].map(|value| value / determinant);
        Some(Self {
            matrix: [[e, -b, b * f - e * c], [-d, a, d * c - a * f]],
        })
    }

    /// Moves every pixel of the picture (`cv2.warpAffine` with linear interpolation).
    ///
    /// A map that cannot be turned back leaves the picture as it is.
    pub fn warp(&self, picture: &mut Picture, border: Border) {
        let Some(Self { matrix }) = self.inverse() else {
            return;
        };
        let [along_x, along_y] = matrix.map(|[step, _, _]| step as f32);
        remap(picture, border, |row, columns, rows| {
            let [x, y] = matrix.map(|[_, slope, start]| (slope * row as f64 + start) as f32);
            let places = columns.iter_mut().zip(rows);
            for (index, (column, row)) in places.enumerate() {
                let index = index as f32;
                (*column, *row) = (x + along_x * index, y + along_y * index);
            }
        });
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use crate::augment::goldens::{Goldens, largest_difference, photograph};

    fn close(one: &Affine, other: &Affine) -> bool {
        let pairs = one
            .matrix
            .iter()
            .flatten()
            .zip(other.matrix.iter().flatten());
        pairs
            .into_iter()
            .all(|(one, other)| (one - other).abs() < 1e-9)
    }

    #[test]
    fn there_and_back_is_the_identity() {
        let map = Affine::rotation([20.0, 30.0], 33.0, 1.2);
        let identity = Affine::rotation([0.0, 0.0], 0.0, 1.0);
        assert!(close(&map.after(&map.inverse().unwrap()), &identity));
        let flat = Affine {
            matrix: [[1.0, 2.0, 0.0], [2.0, 4.0, 1.0]],
        };
        assert_eq!(flat.inverse(), None);
    }

    #[test]
    fn three_points_determine_the_map() {
        let map = Affine::rotation([7.0, -2.0], -71.0, 0.8);
        let from = [[0.0, 1.0], [5.0, 2.0], [3.0, 9.0]];
        let apply = |[x, y]: [f64; 2]| map.matrix.map(|[a, b, c]| a * x + b * y + c);
        let found = Affine::of_triangles(from, from.map(apply)).unwrap();
        assert!(close(&found, &map));
        let line = [[0.0, 0.0], [1.0, 1.0], [2.0, 2.0]];
        assert_eq!(Affine::of_triangles(line, from), None);
    }

    #[test]
    fn agrees_with_opencv_given_a_matrix() {
        let goldens = Goldens::load();
        for (name, border) in [
            ("warp_mirror", Border::Mirror),
            ("warp_black", Border::Black),
        ] {
            let mut picture = photograph(32);
            let matrix = [[0.9, 0.31, -4.2], [-0.25, 1.13, 3.7]];
            Affine { matrix }.warp(&mut picture, border);
            assert!(
                largest_difference(&picture, &goldens.picture(name)) <= 1,
                "{name}"
            );
        }
    }
}
