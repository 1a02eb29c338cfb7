//! Drawings that show no skin: pages, patterns, landscapes, things. They are what a guard against
//! foreign pictures is measured on; walls, wood and food have colours of skin on purpose.
//! Streams of random numbers are apart from those of the photographs, which stay as they are.

mod canvas;
mod nature;
mod object;
mod pattern;
mod printed;

use rand::SeedableRng;
use rand_chacha::ChaCha8Rng;

use super::camera::encode_jpeg;
use super::sampling::{uniform, whole};
use canvas::Canvas;

/// Tells these streams apart from those of photographs.
const STREAM: u64 = 1 << 63;

/// What a picture without skin shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Subject {
    /// A printed page.
    TextPage,
    /// A checkerboard or stripes, seen at an angle.
    Checkerboard,
    /// A sky with clouds.
    Sky,
    /// Food on a plate.
    Food,
    /// Woven cloth.
    Fabric,
    /// Leaves.
    Foliage,
    /// A radiograph.
    Radiograph,
    /// A vehicle on a road.
    Vehicle,
    /// A line drawing.
    LineDrawing,
    /// A wall of bricks.
    Bricks,
    /// Hills.
    Landscape,
    /// A chart on a screen.
    Chart,
    /// Lights at night.
    Night,
    /// Wood grain.
    Wood,
    /// A plain wall with its light.
    Wall,
}

impl Subject {
    /// All of them, in the order in which they are drawn.
    pub const ALL: [Self; 15] = [
        Self::TextPage,
        Self::Checkerboard,
        Self::Sky,
        Self::Food,
        Self::Fabric,
        Self::Foliage,
        Self::Radiograph,
        Self::Vehicle,
        Self::LineDrawing,
        Self::Bricks,
        Self::Landscape,
        Self::Chart,
        Self::Night,
        Self::Wood,
        Self::Wall,
    ];

    /// Its part of a file's name.
    pub fn key(self) -> &'static str {
        match self {
            Self::TextPage => "text-page",
            Self::Checkerboard => "checkerboard",
            Self::Sky => "sky",
            Self::Food => "food",
            Self::Fabric => "fabric",
            Self::Foliage => "foliage",
            Self::Radiograph => "radiograph",
            Self::Vehicle => "vehicle",
            Self::LineDrawing => "line-drawing",
            Self::Bricks => "bricks",
            Self::Landscape => "landscape",
            Self::Chart => "chart",
            Self::Night => "night",
            Self::Wood => "wood",
            Self::Wall => "wall",
        }
    }

    fn paint(self, canvas: &mut Canvas, rng: &mut ChaCha8Rng) {
        match self {
            Self::TextPage => printed::text_page(canvas, rng),
            Self::LineDrawing => printed::line_drawing(canvas, rng),
            Self::Chart => printed::chart(canvas, rng),
            Self::Checkerboard => pattern::checkerboard(canvas, rng),
            Self::Fabric => pattern::fabric(canvas, rng),
            Self::Bricks => pattern::bricks(canvas, rng),
            Self::Wood => pattern::wood(canvas, rng),
            Self::Sky => nature::sky(canvas, rng),
            Self::Landscape => nature::landscape(canvas, rng),
            Self::Foliage => nature::foliage(canvas, rng),
            Self::Night => nature::night(canvas, rng),
            Self::Food => object::food(canvas, rng),
            Self::Vehicle => object::vehicle(canvas, rng),
            Self::Radiograph => object::radiograph(canvas, rng),
            Self::Wall => object::wall(canvas, rng),
        }
    }
}

/// A finished picture without skin.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NotSkinPicture {
    /// What it shows.
    pub subject: Subject,
    /// File name without folder: `0001-text-page.jpg`.
    pub name: String,
    /// Width in pixels.
    pub width: u32,
    /// Height in pixels.
    pub height: u32,
    /// 8-bit sRGB, three bytes a pixel, row by row.
    pub rgb: Vec<u8>,
    quality: u8,
}

impl NotSkinPicture {
    /// Draws picture `number`, from 1; `size` is the longer side in pixels.
    ///
    /// Subjects take turns. The picture depends on nothing but the arguments.
    pub fn draw(seed: u64, number: usize, size: u32) -> Self {
        let subject = Subject::ALL[(number + Subject::ALL.len() - 1) % Subject::ALL.len()];
        let mut rng = ChaCha8Rng::seed_from_u64(seed);
        rng.set_stream(STREAM | number as u64);
        let shapes = [(1.0, 1.0), (1.0, 0.75), (0.75, 1.0), (1.0, 0.667)];
        let (across, down) = shapes[whole(&mut rng, 0, shapes.len() - 1)];
        let side = |share: f32| ((size as f32 * share).round() as u32).max(1);
        let mut canvas = Canvas::new(side(across), side(down));
        subject.paint(&mut canvas, &mut rng);
        Self {
            subject,
            name: format!("{number:04}-{}.jpg", subject.key()),
            width: canvas.width(),
            height: canvas.height(),
            rgb: canvas.develop(&mut rng),
            quality: uniform(&mut rng, 82.0, 95.9) as u8,
        }
    }

    /// The picture as a JPEG file.
    ///
    /// # Errors
    /// If the encoder refuses the size.
    pub fn jpeg(&self) -> Result<Vec<u8>, image::ImageError> {
        encode_jpeg(&self.rgb, self.width, self.height, self.quality)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_subject_is_drawn_and_no_two_pictures_are_alike() {
        let pictures: Vec<NotSkinPicture> = (1..=30)
            .map(|number| NotSkinPicture::draw(4, number, 40))
            .collect();
        for (index, picture) in pictures.iter().enumerate() {
            assert_eq!(picture.subject, Subject::ALL[index % 15]);
            assert_eq!(picture.width.max(picture.height), 40);
            let [least, most] = [picture.rgb.iter().min(), picture.rgb.iter().max()];
            assert!(least < most, "{} is empty", picture.name);
            assert!(
                pictures[..index]
                    .iter()
                    .all(|other| other.rgb != picture.rgb)
            );
        }
        assert_eq!(pictures[0].name, "0001-text-page.jpg");
        assert_eq!(pictures[16], NotSkinPicture::draw(4, 17, 40));
        assert_ne!(pictures[16].rgb, NotSkinPicture::draw(5, 17, 40).rgb);
    }

    #[test]
    fn the_smallest_pictures_can_be_drawn() {
        for number in 1..=15 {
            let picture = NotSkinPicture::draw(1, number, 1);
            assert_eq!(picture.rgb.len(), 3);
        }
    }
}
