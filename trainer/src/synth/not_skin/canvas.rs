//! A surface to paint on: colours between 0 and 1 (sRGB), places in shares of the longer side.

use rand_chacha::ChaCha8Rng;

use super::super::geometry::{Vec2, Vec3, mix, mix3, rotate, smoothstep, sub};
use super::super::sampling::{log_uniform, normal, uniform};

/// The picture while it is painted.
pub struct Canvas {
    width: u32,
    height: u32,
    pixels: Vec<Vec3>,
}

impl Canvas {
    /// A black one; sides in pixels, at least 1.
    pub fn new(width: u32, height: u32) -> Self {
        Self {
            width,
            height,
            pixels: vec![[0.0; 3]; width as usize * height as usize],
        }
    }

    /// Width in pixels.
    pub fn width(&self) -> u32 {
        self.width
    }

    /// Height in pixels.
    pub fn height(&self) -> u32 {
        self.height
    }

    /// Right and lower border in shares of the longer side.
    pub fn extent(&self) -> Vec2 {
        let longer = self.longer();
        [self.width as f32 / longer, self.height as f32 / longer]
    }

    /// A random place on it.
    pub fn place(&self, rng: &mut ChaCha8Rng) -> Vec2 {
        let [right, bottom] = self.extent();
        [uniform(rng, 0.0, right), uniform(rng, 0.0, bottom)]
    }

    fn longer(&self) -> f32 {
        self.width.max(self.height).max(1) as f32
    }

    /// Gives every pixel a colour by its place.
    pub fn fill(&mut self, colour: impl Fn(Vec2) -> Vec3) {
        self.change(|p, _| colour(p));
    }

    /// Changes every pixel by its place and colour.
    pub fn change(&mut self, colour: impl Fn(Vec2, Vec3) -> Vec3) {
        let (longer, width) = (self.longer(), self.width.max(1) as usize);
        for (i, pixel) in self.pixels.iter_mut().enumerate() {
            let (x, y) = ((i % width) as f32 + 0.5, (i / width) as f32 + 0.5);
            *pixel = colour([x / longer, y / longer], *pixel);
        }
    }

    /// Paints where `distance` (negative inside, in shares of the longer side) is below 0, with a
    /// border of about a pixel. `around` and `reach` bound the shape, so that small ones are fast.
    pub fn shape(
        &mut self,
        around: Vec2,
        reach: f32,
        colour: Vec3,
        distance: impl Fn(Vec2) -> f32,
    ) {
        let longer = self.longer();
        let pixel = 1.0 / longer;
        let range = |middle: f32, length: u32| {
            let low = ((middle - reach) * longer)
                .floor()
                .clamp(0.0, length as f32);
            let high = ((middle + reach) * longer).ceil().clamp(0.0, length as f32);
            low as usize..high as usize
        };
        let columns = range(around[0], self.width);
        for y in range(around[1], self.height) {
            for x in columns.clone() {
                let p = [(x as f32 + 0.5) * pixel, (y as f32 + 0.5) * pixel];
                let cover = smoothstep(0.7 * pixel, -0.7 * pixel, distance(p));
                if cover > 0.0 {
                    let at = &mut self.pixels[y * self.width as usize + x];
                    *at = mix3(*at, colour, cover);
                }
            }
        }
    }

    /// A disc or, turned by `angle`, an ellipse with these half axes.
    pub fn ellipse(&mut self, middle: Vec2, axes: Vec2, angle: f32, colour: Vec3) {
        let least = axes[0].min(axes[1]);
        self.shape(middle, axes[0].max(axes[1]) + 0.01, colour, |p| {
            let q = rotate(sub(p, middle), -angle);
            ((q[0] / axes[0]).hypot(q[1] / axes[1]) - 1.0) * least
        });
    }

    /// A rectangle with half sides and rounded corners.
    pub fn block(&mut self, middle: Vec2, half: Vec2, corner: f32, angle: f32, colour: Vec3) {
        self.shape(middle, half[0].hypot(half[1]) + 0.01, colour, |p| {
            let q = rotate(sub(p, middle), -angle);
            let out = [q[0].abs() - half[0] + corner, q[1].abs() - half[1] + corner];
            out[0].max(0.0).hypot(out[1].max(0.0)) + out[0].max(out[1]).min(0.0) - corner
        });
    }

    /// A straight stroke of this half width.
    pub fn stroke(&mut self, from: Vec2, to: Vec2, half: f32, colour: Vec3) {
        let along = sub(to, from);
        let length = along[0].hypot(along[1]).max(1e-6);
        let middle = [mix(from[0], to[0], 0.5), mix(from[1], to[1], 0.5)];
        let angle = along[1].atan2(along[0]);
        self.block(middle, [0.5 * length + half, half], half, angle, colour);
    }

    /// Camera: exposure, vignette and noise; 8-bit sRGB.
    pub fn develop(&self, rng: &mut ChaCha8Rng) -> Vec<u8> {
        let gain = uniform(rng, 0.88, 1.08);
        let vignette = uniform(rng, 0.0, 0.25);
        let noise = log_uniform(rng, 0.003, 0.03);
        let [right, bottom] = self.extent();
        let (longer, width) = (self.longer(), self.width.max(1) as usize);
        let mut bytes = Vec::with_capacity(3 * self.pixels.len());
        for (i, pixel) in self.pixels.iter().enumerate() {
            let (x, y) = ((i % width) as f32 / longer, (i / width) as f32 / longer);
            let off = (x - 0.5 * right).hypot(y - 0.5 * bottom);
            let light = gain * (1.0 - vignette * 2.0 * off * off);
            for channel in pixel {
                let value = channel * light + noise * normal(rng);
                bytes.push((value.clamp(0.0, 1.0) * 255.0 + 0.5) as u8);
            }
        }
        bytes
    }
}

/// A colour between two, picked at random.
pub fn between(rng: &mut ChaCha8Rng, one: Vec3, other: Vec3) -> Vec3 {
    mix3(one, other, uniform(rng, 0.0, 1.0))
}

/// Any colour, from grey to garish.
pub fn any_colour(rng: &mut ChaCha8Rng) -> Vec3 {
    [
        uniform(rng, 0.02, 0.98),
        uniform(rng, 0.02, 0.98),
        uniform(rng, 0.02, 0.98),
    ]
}

/// A colour made lighter (above 1) or darker.
pub fn lit(colour: Vec3, light: f32) -> Vec3 {
    colour.map(|channel| channel * light)
}
