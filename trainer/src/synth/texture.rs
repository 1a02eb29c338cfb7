//! Noise fields and the fine texture of skin: mottling, crossing lines, pores.

use noise::{NoiseFn, Perlin};
use rand::Rng;
use rand_chacha::ChaCha8Rng;

use super::geometry::{Vec2, rotate, smoothstep};
use super::sampling::uniform;
use super::skin_tone::SkinState;

/// Smooth noise in the plane, values about -1 to 1, that depends on its seed only.
#[derive(Clone, Debug)]
pub struct NoiseField {
    perlin: Perlin,
    offset: Vec2,
    turn: Vec2,
}

impl NoiseField {
    /// Draws a field.
    pub fn sample(rng: &mut ChaCha8Rng) -> Self {
        // Perlin noise is zero on the integer grid; the offset keeps that grid away from the body's midline.
        let offset = [uniform(rng, 0.0, 64.0), uniform(rng, 0.0, 64.0)];
        let (sin, cos) = uniform(rng, 0.0, std::f32::consts::TAU).sin_cos();
        Self {
            perlin: Perlin::new(rng.random()),
            offset,
            turn: [cos, sin],
        }
    }

    /// Gradient noise with features of about unit size.
    pub fn at(&self, p: Vec2) -> f32 {
        let [cos, sin] = self.turn;
        let q = [
            p[0] * cos - p[1] * sin + self.offset[0],
            p[0] * sin + p[1] * cos + self.offset[1],
        ];
        self.perlin.get(q.map(f64::from)) as f32
    }

    /// Fractal noise: `octaves` octaves, each of twice the frequency and `gain` times the amplitude of the last.
    ///
    /// The sum is divided by the sum of amplitudes, so that values stay within -1 to 1.
    pub fn fbm(&self, p: Vec2, octaves: u32, gain: f32) -> f32 {
        let (mut sum, mut total, mut amplitude, mut q) = (0.0, 0.0, 1.0, p);
        for _ in 0..octaves {
            sum += amplitude * self.at(q);
            total += amplitude;
            amplitude *= gain;
            // Twice the frequency, turned by a radian or so: the noise's square grid must not show in outlines.
            q = [
                1.10 * q[0] - 1.70 * q[1] + 17.3,
                1.70 * q[0] + 1.10 * q[1] - 9.1,
            ];
        }
        sum / total
    }

    /// Two independent fractal fields, to displace a point with.
    pub fn warp(&self, p: Vec2, octaves: u32, gain: f32) -> Vec2 {
        [
            self.fbm(p, octaves, gain),
            self.fbm([p[0] + 31.7, p[1] - 47.1], octaves, gain),
        ]
    }
}

/// How visible a feature of `frequency` cycles per centimetre is at `px` centimetres per pixel, 0 to 1.
///
/// Finer detail than the pixel grid can carry would turn into aliasing, so it fades out.
pub fn visible(frequency: f32, px: f32) -> f32 {
    smoothstep(0.5, 0.2, frequency * px)
}

/// Mottling, lines and pores of one person's skin at one site.
#[derive(Clone, Debug)]
pub struct SkinTexture {
    field: NoiseField,
    angle: f32,
    lines: f32,
    pores: f32,
    mottling: f32,
}

impl SkinTexture {
    /// Draws a texture; `roughness` from 0 (infant) to 1 (weathered).
    pub fn sample(roughness: f32, rng: &mut ChaCha8Rng) -> Self {
        Self {
            field: NoiseField::sample(rng),
            angle: uniform(rng, 0.0, std::f32::consts::PI),
            lines: uniform(rng, 0.25, 1.0) * (0.4 + roughness),
            pores: uniform(rng, 0.2, 1.0) * (0.4 + roughness),
            mottling: uniform(rng, 0.5, 1.3),
        }
    }

    /// Varies the pigments at a skin point and returns the slope of the fine relief (dimensionless, about ±0.3).
    pub fn apply(&self, skin: Vec2, px: f32, state: &mut SkinState) -> Vec2 {
        let broad = self.field.fbm([skin[0] * 0.11, skin[1] * 0.11], 2, 0.5);
        let mottle = self.field.fbm([skin[0] * 0.7 + 9.0, skin[1] * 0.7], 2, 0.6);
        state.melanin *= 1.0 + self.mottling * (0.10 * broad + 0.05 * mottle);
        state.haemoglobin *= 1.0 + self.mottling * (0.30 * mottle - 0.25 * broad);

        let mut slope = [0.0; 2];
        let fine = visible(4.0, px);
        if fine > 0.0 {
            // Skin lines: two crossing families of furrows, a millimetre or so apart.
            for (turn, frequency) in [(self.angle, 5.0), (self.angle + 1.15, 4.0)] {
                let q = rotate(skin, turn);
                let ridge = self.field.at([q[0] * frequency, q[1] * frequency * 0.28]);
                let furrow = (1.0 - ridge.abs() * 2.6).max(0.0);
                state.melanin *= 1.0 + 0.07 * self.lines * fine * furrow;
                state.haemoglobin *= 1.0 + 0.10 * self.lines * fine * furrow;
                let push = 0.10 * self.lines * fine * ridge;
                slope[0] += push * turn.cos();
                slope[1] -= push * turn.sin();
            }
        }
        let finest = visible(9.0, px);
        if finest > 0.0 {
            let grain = self.field.at([skin[0] * 11.0, skin[1] * 11.0]);
            state.melanin *= 1.0 + 0.10 * self.pores * finest * (grain - 0.35).max(0.0);
            slope[0] += 0.10 * self.pores * finest * grain;
            slope[1] +=
                0.10 * self.pores * finest * self.field.at([skin[1] * 11.0 + 5.0, skin[0] * 11.0]);
        }
        slope
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rand::SeedableRng;

    #[test]
    fn fields_of_one_seed_agree_and_of_two_differ() {
        let field = |seed| NoiseField::sample(&mut ChaCha8Rng::seed_from_u64(seed));
        let p = [0.37, 4.2];
        assert_eq!(field(1).fbm(p, 4, 0.5), field(1).fbm(p, 4, 0.5));
        assert_ne!(field(1).fbm(p, 4, 0.5), field(2).fbm(p, 4, 0.5));
    }

    #[test]
    fn detail_beyond_the_pixel_grid_fades() {
        assert_eq!(visible(4.0, 0.2), 0.0);
        assert_eq!(visible(4.0, 0.01), 1.0);
    }
}
