//! A part of a photograph: a rectangle, turned about its own centre, cut out before the resize.

use std::str::FromStr;

use serde::{Deserialize, Serialize};

use super::{Photo, PhotoError};

/// The set of networks for whole photographs: it never sees a region.
const WHOLE_PHOTOGRAPHS: &str = "panoramic";
/// How far a corner may lie beyond the photograph, as a share of its side: what rounding of fractions leaves.
const TOLERANCE: f64 = 1e-6;

/// Whether the networks of this set look at a region where one was chosen, rather than at the whole photograph.
pub fn sees_regions(set: &str) -> bool {
    set != WHOLE_PHOTOGRAPHS
}

/// A rectangle on an upright photograph. Lengths are fractions of the photograph's width and height.
///
/// `x`, `y`, `width` and `height` describe the rectangle before it is turned. It is then turned clockwise by `degrees` about its
/// own centre, in pixels (so that it stays a rectangle on a photograph of any shape), and must lie within the photograph as
/// turned. What is cut out is what is seen through it with its upper edge up: the content appears turned anticlockwise.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Region {
    /// The left edge, from the photograph's left.
    pub x: f64,
    /// The upper edge, from the photograph's top.
    pub y: f64,
    /// The width, more than 0.
    pub width: f64,
    /// The height, more than 0.
    pub height: f64,
    /// Clockwise, -360 to 360.
    #[serde(default)]
    pub degrees: f64,
}

/// The rectangle in pixels of a photograph.
struct Placed {
    centre: (f64, f64),
    size: (f64, f64),
}

impl Region {
    /// The whole photograph.
    pub const WHOLE: Self = Self {
        x: 0.0,
        y: 0.0,
        width: 1.0,
        height: 1.0,
        degrees: 0.0,
    };

    /// Cuts the region out.
    ///
    /// Without a turn, and with turns by multiples of 90 degrees, the edges are rounded to whole pixels (at least one is left)
    /// and the pixels are those of the photograph, unchanged. With any other turn the result has the region's size, rounded to
    /// whole pixels, and is sampled bilinearly at the photograph's own scale; the resize that follows does the smoothing.
    /// The result never has more pixels than the photograph, but for rounding.
    ///
    /// # Errors
    ///
    /// [`PhotoError::BadRegion`] for numbers that are none, sides that are not more than 0, a turn beyond -360 to 360 degrees, and a
    /// region that leaves the photograph. Nothing is allocated then.
    pub fn cut(&self, photo: &Photo) -> Result<Photo, PhotoError> {
        let placed = self.place(photo)?;
        let turn = self.degrees.rem_euclid(360.0);
        if turn == 0.0 || turn == 90.0 || turn == 180.0 || turn == 270.0 {
            straight(photo, &placed, turn)
        } else {
            slanted(photo, &placed, turn)
        }
    }

    /// Checks everything, and says where the region lies.
    fn place(&self, photo: &Photo) -> Result<Placed, PhotoError> {
        let bad = |cause| Err(PhotoError::BadRegion { cause });
        let numbers = [self.x, self.y, self.width, self.height, self.degrees];
        if !numbers.iter().all(|number| number.is_finite()) {
            return bad("it is not described by numbers");
        }
        if self.width <= 0.0 || self.height <= 0.0 {
            return bad("its sides must be longer than 0");
        }
        if self.degrees.abs() > 360.0 {
            return bad("it can be turned by at most 360 degrees");
        }
        let (across, down) = (f64::from(photo.width()), f64::from(photo.height()));
        let size = (self.width * across, self.height * down);
        let centre = (self.x * across + size.0 / 2.0, self.y * down + size.1 / 2.0);
        let (sine, cosine) = self.degrees.to_radians().sin_cos();
        let reach = (
            (size.0 * cosine.abs() + size.1 * sine.abs()) / 2.0,
            (size.0 * sine.abs() + size.1 * cosine.abs()) / 2.0,
        );
        let within = |centre: f64, reach: f64, side: f64| {
            let slack = side * TOLERANCE;
            centre - reach >= -slack && centre + reach <= side + slack
        };
        if within(centre.0, reach.0, across) && within(centre.1, reach.1, down) {
            Ok(Placed { centre, size })
        } else {
            bad("it leaves the photograph")
        }
    }
}

impl FromStr for Region {
    type Err = String;

    /// From `x,y,width,height` or `x,y,width,height,degrees`.
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let numbers: Result<Vec<f64>, _> =
            text.split(',').map(|part| part.trim().parse()).collect();
        let (x, y, width, height, degrees) = match numbers.as_deref() {
            Ok([x, y, width, height]) => (*x, *y, *width, *height, 0.0),
            Ok([x, y, width, height, degrees]) => (*x, *y, *width, *height, *degrees),
            _ => {
                return Err(
                    "must be x,y,width,height or x,y,width,height,degrees, the first four as fractions of the \
                     photograph such as 0.25,0.1,0.5,0.5"
                        .to_owned(),
                );
            }
        };
        Ok(Self {
            x,
            y,
            width,
            height,
            degrees,
        })
    }
}

/// First and last edge of a length about a centre, in whole pixels of a side; at least one pixel lies between.
fn edges(centre: f64, length: f64, side: u32) -> (usize, usize) {
    let edge = |place: f64| place.round().clamp(0.0, f64::from(side)) as u32;
    let first = edge(centre - length / 2.0).min(side - 1);
    let last = edge(centre + length / 2.0).max(first + 1);
    (first as usize, last as usize)
}

/// Copies pixels; `turn` is a multiple of 90 degrees.
fn straight(photo: &Photo, placed: &Placed, turn: f64) -> Result<Photo, PhotoError> {
    let on_its_side = turn == 90.0 || turn == 270.0;
    let (width, height) = placed.size;
    let covered = if on_its_side {
        (height, width)
    } else {
        (width, height)
    };
    let (left, right) = edges(placed.centre.0, covered.0, photo.width());
    let (top, bottom) = edges(placed.centre.1, covered.1, photo.height());
    let (across, down) = (right - left, bottom - top);
    let (columns, rows) = if on_its_side {
        (down, across)
    } else {
        (across, down)
    };
    let stride = photo.width() as usize;
    let mut pixels = Vec::with_capacity(columns * rows * 3);
    for row in 0..rows {
        if turn == 0.0 {
            let start = ((top + row) * stride + left) * 3;
            pixels.extend_from_slice(&photo.pixels()[start..start + columns * 3]);
            continue;
        }
        for column in 0..columns {
            // Where it lies in the part that is covered.
            let (x, y) = match turn {
                90.0 => (across - 1 - row, column),
                180.0 => (across - 1 - column, down - 1 - row),
                _ => (row, down - 1 - column),
            };
            let start = ((top + y) * stride + left + x) * 3;
            pixels.extend_from_slice(&photo.pixels()[start..start + 3]);
        }
    }
    Photo::from_rgb8(columns as u32, rows as u32, pixels)
}

/// Samples bilinearly; beyond the outermost centres of pixels, the outermost pixels go on.
fn slanted(photo: &Photo, placed: &Placed, turn: f64) -> Result<Photo, PhotoError> {
    let (sine, cosine) = turn.to_radians().sin_cos();
    let pixels_of = |length: f64| length.round().max(1.0) as u32;
    let (columns, rows) = (pixels_of(placed.size.0), pixels_of(placed.size.1));
    let mut pixels = Vec::with_capacity(columns as usize * rows as usize * 3);
    for row in 0..rows {
        let down = f64::from(row) + 0.5 - f64::from(rows) / 2.0;
        for column in 0..columns {
            let across = f64::from(column) + 0.5 - f64::from(columns) / 2.0;
            let x = placed.centre.0 + cosine * across - sine * down;
            let y = placed.centre.1 + sine * across + cosine * down;
            pixels.extend(sample(photo, x - 0.5, y - 0.5));
        }
    }
    Photo::from_rgb8(columns, rows, pixels)
}

/// The colour at a place between pixels; the centre of the first pixel is (0, 0).
fn sample(photo: &Photo, x: f64, y: f64) -> [u8; 3] {
    let (last_x, last_y) = (photo.width() - 1, photo.height() - 1);
    let (x, y) = (
        x.clamp(0.0, f64::from(last_x)),
        y.clamp(0.0, f64::from(last_y)),
    );
    let (left, top) = (x.floor() as u32, y.floor() as u32);
    let (right, bottom) = ((left + 1).min(last_x), (top + 1).min(last_y));
    let (along, below) = (x - f64::from(left), y - f64::from(top));
    let value = |x: u32, y: u32, channel: usize| {
        let place = (y as usize * photo.width() as usize + x as usize) * 3 + channel;
        f64::from(photo.pixels()[place])
    };
    std::array::from_fn(|channel| {
        let mix = |y| {
            let (one, other) = (value(left, y, channel), value(right, y, channel));
            one + (other - one) * along
        };
        let (upper, lower) = (mix(top), mix(bottom));
        (upper + (lower - upper) * below).round() as u8
    })
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    /// A photograph whose red is the column and whose green is the row.
    fn grid(width: u32, height: u32) -> Photo {
        let pixels = (0..height).flat_map(|y| (0..width).flat_map(move |x| [x as u8, y as u8, 7]));
        Photo::from_rgb8(width, height, pixels.collect()).unwrap()
    }

    fn region(x: f64, y: f64, width: f64, height: f64, degrees: f64) -> Region {
        Region {
            x,
            y,
            width,
            height,
            degrees,
        }
    }

    /// Columns and rows of the pixels, row by row.
    fn places(photo: &Photo) -> Vec<(u8, u8)> {
        let pixels = photo.pixels().chunks_exact(3);
        pixels.map(|pixel| (pixel[0], pixel[1])).collect()
    }

    #[test]
    fn the_whole_photograph_is_left_as_it_is() {
        for (width, height) in [(1, 1), (3, 2), (101, 67)] {
            let photo = grid(width, height);
            assert_eq!(Region::WHOLE.cut(&photo).unwrap(), photo);
        }
    }

    #[test]
    fn a_plain_crop_is_pixels_of_the_photograph() {
        let cut = region(0.25, 0.5, 0.5, 0.25, 0.0).cut(&grid(8, 8)).unwrap();
        assert_eq!((cut.width(), cut.height()), (4, 2));
        let expected: Vec<(u8, u8)> = (4..6).flat_map(|y| (2..6).map(move |x| (x, y))).collect();
        assert_eq!(places(&cut), expected);
        assert!(cut.pixels().chunks_exact(3).all(|pixel| pixel[2] == 7));
    }

    #[test]
    fn quarter_turns_move_pixels_and_change_none() {
        let photo = grid(4, 4);
        let turned = |degrees| region(0.0, 0.25, 1.0, 0.5, degrees);
        let half = turned(180.0).cut(&photo).unwrap();
        let mut expected = places(&turned(0.0).cut(&photo).unwrap());
        expected.reverse();
        assert_eq!(places(&half), expected);

        // Turned clockwise, the upper edge lies to the right: the first row is the right column from above.
        let right = turned(90.0).cut(&photo).unwrap();
        assert_eq!((right.width(), right.height()), (4, 2));
        let expected: Vec<(u8, u8)> = [2, 1]
            .into_iter()
            .flat_map(|x| (0..4).map(move |y| (x, y)))
            .collect();
        assert_eq!(places(&right), expected);
        assert_eq!(turned(-270.0).cut(&photo).unwrap(), right);
        let mut expected = places(&right);
        expected.reverse();
        assert_eq!(places(&turned(270.0).cut(&photo).unwrap()), expected);
        assert_eq!(
            turned(-360.0).cut(&photo).unwrap(),
            turned(0.0).cut(&photo).unwrap()
        );
    }

    #[test]
    fn a_quarter_turn_swaps_the_sides_of_what_is_covered() {
        // 6 x 2 pixels that stand upright on a photograph of 4 x 8.
        let cut = region(-0.25, 0.375, 1.5, 0.25, 90.0)
            .cut(&grid(4, 8))
            .unwrap();
        assert_eq!((cut.width(), cut.height()), (6, 2));
        assert_eq!(
            places(&cut)[..6],
            [(2, 1), (2, 2), (2, 3), (2, 4), (2, 5), (2, 6)]
        );
    }

    #[test]
    fn a_slight_turn_is_close_to_none_and_a_large_one_follows_the_geometry() {
        let photo = grid(100, 100);
        let straight = region(0.3, 0.3, 0.4, 0.4, 0.0).cut(&photo).unwrap();
        let slight = region(0.3, 0.3, 0.4, 0.4, 1e-7).cut(&photo).unwrap();
        assert_eq!(slight, straight);
        // Colours are places, so that every pixel says where it was taken.
        let cut = region(0.3, 0.3, 0.4, 0.4, 30.0).cut(&photo).unwrap();
        assert_eq!((cut.width(), cut.height()), (40, 40));
        let (sine, cosine) = 30_f64.to_radians().sin_cos();
        for (place, found) in places(&cut).into_iter().enumerate() {
            let (across, down) = ((place % 40) as f64 - 19.5, (place / 40) as f64 - 19.5);
            let x = 49.5 + cosine * across - sine * down;
            let y = 49.5 + sine * across + cosine * down;
            let near = |found: u8, wanted: f64| (f64::from(found) - wanted).abs() <= 0.5 + 1e-9;
            assert!(
                near(found.0, x) && near(found.1, y),
                "{place}: {found:?}, {x}, {y}"
            );
        }
    }

    #[test]
    fn the_thinnest_region_has_a_pixel() {
        for degrees in [0.0, 17.0, 90.0] {
            let cut = region(0.5, 0.5, 1e-9, 1e-9, degrees)
                .cut(&grid(5, 3))
                .unwrap();
            assert_eq!((cut.width(), cut.height()), (1, 1));
        }
        let edge = region(1.0 - 1e-9, 1.0 - 1e-9, 1e-9, 1e-9, 0.0)
            .cut(&grid(5, 3))
            .unwrap();
        assert_eq!(places(&edge), [(4, 2)]);
    }

    #[test]
    fn what_leaves_the_photograph_is_refused() {
        let photo = grid(20, 10);
        for (x, y, width, height, degrees) in [
            (-0.1, 0.0, 0.5, 0.5, 0.0),
            (0.6, 0.0, 0.5, 0.5, 0.0),
            (0.0, 0.6, 0.5, 0.5, 0.0),
            (0.0, 0.0, 1.0, 1.0, 1.0),
            (0.0, 0.0, 1.0, 1.0, 90.0),
            (5.0, 5.0, 0.1, 0.1, 0.0),
        ] {
            let error = region(x, y, width, height, degrees)
                .cut(&photo)
                .unwrap_err();
            assert!(
                error.to_string().contains("leaves the photograph"),
                "{error}"
            );
        }
        // Rounding of fractions is no reason to refuse.
        assert!(region(0.1, 0.1, 0.9, 0.9 + 1e-9, 0.0).cut(&photo).is_ok());
    }

    #[test]
    fn hostile_numbers_are_refused_before_anything_is_allocated() {
        let photo = grid(4, 4);
        for bad in [
            f64::NAN,
            f64::INFINITY,
            f64::NEG_INFINITY,
            f64::MAX,
            f64::MIN,
            1e300,
        ] {
            for place in 0..5 {
                let mut numbers = [0.0, 0.0, 0.5, 0.5, 10.0];
                numbers[place] = bad;
                let [x, y, width, height, degrees] = numbers;
                assert!(
                    region(x, y, width, height, degrees).cut(&photo).is_err(),
                    "{numbers:?}"
                );
            }
        }
        for side in [0.0, -0.0, -0.5] {
            assert!(region(0.5, 0.5, side, 0.1, 0.0).cut(&photo).is_err());
            assert!(region(0.5, 0.5, 0.1, side, 0.0).cut(&photo).is_err());
        }
    }

    #[test]
    fn regions_are_read_from_words() {
        assert_eq!(
            "0.25, 0.1,0.5,0.5".parse(),
            Ok(region(0.25, 0.1, 0.5, 0.5, 0.0))
        );
        assert_eq!(
            "0,0,1,1,-12.5".parse(),
            Ok(region(0.0, 0.0, 1.0, 1.0, -12.5))
        );
        for wrong in ["", "1,2,3", "a,b,c,d", "0,0,1,1,1,1", "0.1 0.1 0.5 0.5"] {
            assert!(wrong.parse::<Region>().is_err(), "{wrong}");
        }
    }

    #[test]
    fn whole_photographs_are_for_their_own_networks() {
        assert!(sees_regions("focused"));
        assert!(!sees_regions("panoramic"));
    }
}
