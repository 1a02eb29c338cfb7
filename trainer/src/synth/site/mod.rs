//! Body sites: which tubes, clothes and framing make a back, a chest, an arm, a leg or a face.
//! Sizes are those of an adult in centimetres, multiplied by a scale of 0.55 (young child) to 1.
//! Each kind of site has a file of its own; this one holds what they have in common.

mod head;
mod limbs;
mod trunk;

use rand_chacha::ChaCha8Rng;

use crate::synth::body::{Body, Bump, Tube};
use crate::synth::clothing::Garment;
use crate::synth::face::Face;
use crate::synth::geometry::Vec2;
use crate::synth::sampling::uniform;
use crate::synth::skin_tone::{Effect, SkinTone};

/// A part of the body as photographed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum BodySite {
    /// The trunk from behind.
    Back,
    /// Chest and abdomen.
    Chest,
    /// An upper limb.
    Arm,
    /// One or both lower limbs.
    Leg,
    /// The face from the front, with neck.
    Face,
}

/// A normal mark of the body, such as an areola.
#[derive(Clone, Copy, Debug)]
pub struct Marking {
    /// Its middle in the picture plane.
    pub centre: Vec2,
    /// Its radius.
    pub radius: f32,
    /// What it does to the skin.
    pub effect: Effect,
}

/// A body part with its clothes, ready to be photographed.
#[derive(Clone, Debug)]
pub struct Setting {
    /// Which part.
    pub site: BodySite,
    /// Its shape.
    pub body: Body,
    /// What covers it.
    pub garments: Vec<Garment>,
    /// Facial features, for [`BodySite::Face`].
    pub face: Option<Face>,
    /// Normal marks.
    pub markings: Vec<Marking>,
    /// Hollows where freckles gather (armpits).
    pub axillae: Vec<Vec2>,
    /// Adult 1, young child 0.55.
    pub scale: f32,
    /// Middle of the panoramic picture.
    pub centre: Vec2,
    /// Extent of its longer side.
    pub extent: f32,
    /// Its width / height.
    pub aspect: f32,
}

struct Builder {
    k: f32,
    tubes: Vec<Tube>,
    bumps: Vec<Bump>,
    folds: Vec<(Vec2, Vec2)>,
}

impl Builder {
    fn tube(
        &mut self,
        start: Vec2,
        end: Vec2,
        profile: &[f32],
        flatness: f32,
        caps: [f32; 2],
        limb: bool,
    ) {
        let (dx, dy) = (end[0] - start[0], end[1] - start[1]);
        let length = dx.hypot(dy);
        self.tubes.push(Tube {
            start: [start[0] * self.k, start[1] * self.k],
            axis: [dx / length, dy / length],
            length: length * self.k,
            profile: profile.iter().map(|r| r * self.k).collect(),
            flatness,
            caps: [caps[0] * self.k, caps[1] * self.k],
            limb,
        });
    }

    fn bump(&mut self, centre: Vec2, size: Vec2, height: f32) {
        self.bumps.push(Bump {
            centre: centre.map(|v| v * self.k),
            size: size.map(|v| v * self.k),
            height: height * self.k,
        });
    }

    fn fold(&mut self, centre: Vec2, radii: Vec2) {
        self.folds
            .push((centre.map(|v| v * self.k), radii.map(|v| v * self.k)));
    }

    fn body(self) -> Body {
        Body {
            tubes: self.tubes,
            bumps: self.bumps,
            folds: self.folds,
        }
    }
}

impl Setting {
    /// Draws a setting at a site.
    pub fn sample(site: BodySite, tone: &SkinTone, rng: &mut ChaCha8Rng) -> Self {
        let scale = uniform(rng, 0.55, 1.0);
        let mut setting = match site {
            BodySite::Back | BodySite::Chest => trunk::trunk(site, scale, tone, rng),
            BodySite::Arm => limbs::arm(scale, rng),
            BodySite::Leg => limbs::leg(scale, rng),
            BodySite::Face => head::face(scale.max(0.65), tone, rng),
        };
        setting.centre[0] += uniform(rng, -0.05, 0.05) * setting.extent;
        setting.centre[1] += uniform(rng, -0.05, 0.05) * setting.extent;
        setting
    }
}
