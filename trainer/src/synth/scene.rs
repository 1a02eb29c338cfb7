//! A scene: one person's body part with a finding, light and surroundings, and the two views of it.

use rand_chacha::ChaCha8Rng;

use super::background::Background;
use super::camera::View;
use super::condition::Condition;
use super::geometry::{mix, rotate};
use super::hair::BodyHair;
use super::lentigines::scatter;
use super::lesion::{Finding, Focus, Placement};
use super::lighting::Lighting;
use super::sampling::{chance, uniform, weighted, whole};
use super::site::{BodySite, Setting};
use super::skin_tone::{Effect, SkinTone};
use super::spots::Spots;
use super::texture::SkinTexture;

/// Everything that a photograph shows.
pub struct Scene {
    /// The person's skin.
    pub tone: SkinTone,
    /// Body, clothes, features.
    pub setting: Setting,
    /// Fine texture of the skin.
    pub texture: SkinTexture,
    /// Light.
    pub lighting: Lighting,
    /// What is behind.
    pub background: Background,
    /// Body hair, if any.
    pub hair: Option<BodyHair>,
    /// A few ordinary moles, which belong to no label and to no mask.
    pub moles: Spots,
    /// The lesions.
    pub finding: Finding,
    /// The whole body part.
    pub panoramic: View,
    /// A close view of a lesion.
    pub focused: View,
}

impl Scene {
    /// Draws a scene of a condition on skin of a Fitzpatrick type (1 to 6); pictures have `size` pixels on the longer side.
    pub fn sample(condition: Condition, fitzpatrick: u8, size: u32, rng: &mut ChaCha8Rng) -> Self {
        let tone = SkinTone::sample(fitzpatrick, rng);
        let site = condition.sample_site(rng);
        let setting = Setting::sample(site, &tone, rng);
        let angle = if chance(rng, 0.8) {
            uniform(rng, -0.12, 0.12)
        } else {
            uniform(rng, -0.45, 0.45)
        };
        let panoramic = View::new(setting.centre, setting.extent, angle, setting.aspect, size);
        let shorter = setting.extent * setting.aspect.min(1.0 / setting.aspect);
        let unit = mix(setting.scale, shorter / 19.0, 0.75).clamp(0.4, 2.2);
        let place = Placement {
            setting: &setting,
            view: &panoramic,
            tone,
            unit,
        };
        let finding = condition.sample_finding(&place, rng);
        let count = if chance(rng, 0.5) {
            whole(rng, 1, 6)
        } else {
            0
        };
        let moles = scatter(&place, count, [0.08 * unit, 0.22 * unit], None, rng);
        let moles = Spots::new(
            &moles,
            Effect::brown(uniform(rng, 0.5, 1.2), &tone),
            0.4,
            0.0,
        );
        let focused = focused_view(&place, &finding, size, rng);
        let hairiness = match site {
            BodySite::Face => 0.0,
            BodySite::Arm | BodySite::Leg => 0.55,
            _ => 0.25,
        };
        let hairiness = if setting.scale < 0.75 {
            0.3 * hairiness
        } else {
            hairiness
        };
        let roughness = ((setting.scale - 0.55) / 0.45).clamp(0.0, 1.0);
        Self {
            tone,
            texture: SkinTexture::sample(roughness, rng),
            lighting: Lighting::sample(rng),
            background: Background::sample(rng),
            hair: BodyHair::sample(tone.melanin, hairiness, rng),
            moles,
            finding,
            panoramic,
            focused,
            setting,
        }
    }
}

/// A view of the best lesion whose frame shows hardly anything but skin.
fn focused_view(place: &Placement, finding: &Finding, size: u32, rng: &mut ChaCha8Rng) -> View {
    let aspect = weighted(rng, &[(0.6, 1.0), (0.2, 0.8), (0.2, 1.25)], 1.0);
    let angle = uniform(rng, -0.6, 0.6);
    let mut places = finding.focus.clone();
    if let Some(first) = places.first_mut() {
        // Nobody centres a lesion exactly.
        first.centre[0] += uniform(rng, -0.15, 0.15) * first.radius;
        first.centre[1] += uniform(rng, -0.15, 0.15) * first.radius;
    }
    if places.is_empty() {
        let centre = place
            .anywhere(2.0, rng)
            .map_or(place.setting.centre, |point| point.picture);
        places.push(Focus {
            centre,
            radius: 3.0 * place.unit,
        });
    }
    let mut best: Option<(f32, View)> = None;
    for (rank, focus) in places.iter().enumerate() {
        for (shrink, step) in [
            (1.0, 0.0),
            (1.0, 0.3),
            (0.85, 0.0),
            (0.85, 0.3),
            (0.7, 0.2),
            (0.58, 0.2),
            (0.48, 0.1),
        ] {
            for direction in 0..if step > 0.0 { 6 } else { 1 } {
                let offset = rotate([step * focus.radius, 0.0], direction as f32 * 1.05);
                let centre = [focus.centre[0] + offset[0], focus.centre[1] + offset[1]];
                let view = View::new(centre, 2.0 * focus.radius * shrink, angle, aspect, size);
                let skin = share_of_skin(place, &view);
                let score = skin - 0.02 * rank as f32 - 0.3 * (1.0 - shrink) - 0.1 * step;
                if best.as_ref().is_none_or(|(most, _)| score > *most) {
                    best = Some((score, view));
                }
            }
            if best.as_ref().is_some_and(|(most, _)| *most > 0.9) {
                break;
            }
        }
        if best.as_ref().is_some_and(|(most, _)| *most > 0.8) {
            break;
        }
    }
    best.map_or(*place.view, |(_, view)| view)
}

/// Share of a view that is bare skin.
fn share_of_skin(place: &Placement, view: &View) -> f32 {
    let half = [
        view.width as f32 * view.px / 2.0,
        view.height as f32 * view.px / 2.0,
    ];
    let mut bare = 0;
    for iy in -3..=3 {
        for ix in -3..=3 {
            let offset = rotate(
                [ix as f32 / 3.0 * half[0], iy as f32 / 3.0 * half[1]],
                view.angle,
            );
            let p = [view.centre[0] + offset[0], view.centre[1] + offset[1]];
            bare += usize::from(place.bare(p, 0.0).is_some());
        }
    }
    bare as f32 / 49.0
}
