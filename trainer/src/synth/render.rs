//! From a scene to light: one colour and one mask value per pixel.

use super::body::SkinPoint;
use super::camera::View;
use super::clothing::Material;
use super::geometry::{Vec2, Vec3, mix3, normalise, smoothstep};
use super::lesion::{LEAST_COVERAGE, Lesion};
use super::scene::Scene;
use super::skin_tone::{SkinState, reflectance};

/// What the lens sees, before the camera's own effects.
#[derive(Clone, Debug)]
pub struct Rendered {
    /// Width in pixels.
    pub width: u32,
    /// Height in pixels.
    pub height: u32,
    /// Linear RGB light, row by row.
    pub light: Vec<Vec3>,
    /// 255 where a lesion changes the picture, else 0.
    pub mask: Vec<u8>,
}

impl Scene {
    /// Renders a view.
    pub fn render(&self, view: &View) -> Rendered {
        self.render_with(view, true)
    }

    /// Renders a view with or without its lesions; outside the mask both are equal.
    pub fn render_with(&self, view: &View, lesions: bool) -> Rendered {
        let hair = self.hair.as_ref().and_then(|hair| {
            hair.draw(view, &|p| self.setting.body.locate(p).1 > 0.1)
                .map(|opacity| (opacity, hair.colour))
        });
        let count = view.width as usize * view.height as usize;
        let mut light = Vec::with_capacity(count);
        let mut mask = Vec::with_capacity(count);
        for y in 0..view.height {
            for x in 0..view.width {
                let at = (x as f32 + 0.5, y as f32 + 0.5);
                let strands = hair
                    .as_ref()
                    .map(|(opacity, colour)| (opacity[light.len()], *colour));
                let (colour, masked) = self.pixel(view, at, strands, lesions);
                light.push(colour);
                mask.push(if masked { 255 } else { 0 });
            }
        }
        Rendered {
            width: view.width,
            height: view.height,
            light,
            mask,
        }
    }

    fn pixel(
        &self,
        view: &View,
        at: (f32, f32),
        strands: Option<(f32, Vec3)>,
        lesions: bool,
    ) -> (Vec3, bool) {
        let p = view.to_scene(at.0, at.1);
        // Light and background belong to the panoramic frame, whichever view is rendered.
        let seen = self.panoramic.to_picture(p);
        let uv = self.panoramic.uv(seen[0], seen[1]);
        let reaching = self.lighting.reaching(uv);
        let (points, inside) = self.setting.body.locate(p);
        let share = |distance: f32| (distance / view.px + 0.5).clamp(0.0, 1.0);
        let skin_share = share(inside);
        let worn = self
            .setting
            .garments
            .iter()
            .map(|garment| (garment, garment.locate(p)));
        let hidden = worn.clone().any(|(_, (_, depth))| share(depth) >= 1.0);

        let mut colour = [0.0; 3];
        if skin_share < 1.0 && !hidden {
            colour = self.backdrop(p, uv, reaching);
        }
        let mut masked = false;
        if skin_share > 0.0 && !hidden {
            let skin = self.setting.body.skin(p, &points, inside);
            let (mut lit, covered) = self.skin_light(&skin, view.px, reaching, lesions);
            if let Some((opacity, tint)) = strands {
                let strand = self.lighting.shade(tint, skin.normal, reaching, 1.0, 0.6);
                lit = mix3(lit, strand, opacity);
            }
            masked = covered;
            if let Some(face) = &self.setting.face {
                let (tint, opacity) = face.over(p, view.px);
                if opacity > 0.0 {
                    let over = self.lighting.shade(tint, skin.normal, reaching, 0.9, 0.5);
                    lit = mix3(lit, over, opacity);
                    masked &= opacity < 1.0;
                }
            }
            colour = mix3(colour, lit, skin_share);
        }
        for (garment, (on_garment, depth)) in worn {
            let cover = share(depth);
            if cover > 0.0 {
                let (tint, slope) = garment.surface(p, &on_garment);
                let normal = normalise([slope[0], slope[1], 1.0]);
                let edge = smoothstep(0.0, 0.7, depth);
                let gloss = if garment.material == Material::Hair {
                    0.5
                } else {
                    0.0
                };
                let open = 0.75 + 0.25 * edge;
                colour = mix3(
                    colour,
                    self.lighting.shade(tint, normal, reaching, open, gloss),
                    cover,
                );
            } else {
                // Cloth throws a narrow shadow on the skin beside it.
                let dark = 0.72 + 0.28 * smoothstep(0.0, 1.0, -depth);
                colour = colour.map(|c| c * dark);
            }
        }
        (colour, masked)
    }

    /// Light from a point of skin, and whether a lesion had a part in it.
    fn skin_light(&self, skin: &SkinPoint, px: f32, reaching: f32, lesions: bool) -> (Vec3, bool) {
        let mut state = self.tone.state();
        let mut slope = self.texture.apply(skin.skin, px, &mut state);
        for mark in &self.setting.markings {
            let d = (skin.picture[0] - mark.centre[0]).hypot(skin.picture[1] - mark.centre[1]);
            mark.effect.apply(
                smoothstep(mark.radius * 1.15, mark.radius * 0.7, d),
                &mut state,
            );
        }
        self.moles.paint(skin, px, &mut state);
        let mut covered = false;
        if lesions {
            let coverage = self.finding.paint(skin, px, &mut state);
            covered = coverage >= LEAST_COVERAGE;
            if covered && self.finding.has_relief() {
                let height = |dx: f32, dy: f32| self.height_at(skin, dx, dy, px);
                let step = (0.7 * px).max(0.01);
                let slope_of = |a: f32, b: f32| ((a - b) / (2.0 * step)).clamp(-1.2, 1.2);
                slope[0] += slope_of(height(-step, 0.0), height(step, 0.0));
                slope[1] += slope_of(height(0.0, -step), height(0.0, step));
            }
        }
        let normal = normalise([
            skin.normal[0] + slope[0],
            skin.normal[1] + slope[1],
            skin.normal[2],
        ]);
        let open = self.setting.body.openness(skin.picture, skin.inside);
        let gloss = (1.0 + state.gloss) * (1.0 - state.scale);
        (
            self.lighting
                .shade(reflectance(&state), normal, reaching, open, gloss),
            covered,
        )
    }

    /// Height of the lesions at a small displacement from a skin point.
    fn height_at(&self, skin: &SkinPoint, dx: f32, dy: f32, px: f32) -> f32 {
        let mut moved = *skin;
        moved.skin = [skin.skin[0] + dx, skin.skin[1] + dy];
        let mut state = SkinState::default();
        self.finding.paint(&moved, px, &mut state);
        state.height
    }

    /// The background with the body's soft shadow on it.
    fn backdrop(&self, p: Vec2, uv: Vec2, reaching: f32) -> Vec3 {
        let cast = self.lighting.cast();
        let depth = 5.0 * self.setting.scale;
        let shadowed = [p[0] - cast[0] * depth, p[1] - cast[1] * depth];
        let (_, inside) = self.setting.body.locate(shadowed);
        let shade = 1.0 - 0.4 * smoothstep(-depth, depth * 0.4, inside);
        self.lighting
            .flat(self.background.at(uv), reaching)
            .map(|c| c * shade)
    }
}
