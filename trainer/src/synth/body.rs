//! The body as a few tapered tubes: outline, surface normal, and coordinates along the skin.
//!
//! A tube has a straight axis in the picture plane and a half-width that varies along it. Torso, neck, head, arms
//! and legs are tubes; where several overlap their surfaces blend, so that shoulders are round.

use super::geometry::{Vec2, Vec3, normalise, smooth_max, smoothstep};

/// Most tubes that one body has.
pub const MAX_TUBES: usize = 6;
/// Width over which overlapping tubes blend, in centimetres.
const BLEND: f32 = 3.0;

/// A tapered tube.
#[derive(Clone, Debug)]
pub struct Tube {
    /// Where the axis begins.
    pub start: Vec2,
    /// Unit direction of the axis.
    pub axis: Vec2,
    /// Length of the axis.
    pub length: f32,
    /// Half-widths at equal steps along the axis; at least two.
    pub profile: Vec<f32>,
    /// 1 for a round cross-section; larger for one that is flat in the middle.
    pub flatness: f32,
    /// Lengths over which the two ends are rounded off; 0 for a blunt end.
    pub caps: [f32; 2],
    /// Whether lines of Blaschko run along it (limb) rather than around it (trunk).
    pub limb: bool,
}

/// A picture point in the coordinates of one tube.
#[derive(Clone, Copy, Debug, Default)]
pub struct TubePoint {
    /// Distance along the axis from its start.
    pub along: f32,
    /// Signed distance from the axis in the picture plane.
    pub across: f32,
    /// Unit direction of growing `across`.
    pub perpendicular: Vec2,
    /// Half-width there.
    pub radius: f32,
    /// Distance inside the outline; negative outside.
    pub inside: f32,
}

impl Tube {
    /// Half-width at `u` centimetres along the axis, interpolated smoothly.
    pub fn radius(&self, u: f32) -> f32 {
        let steps = self.profile.len() - 1;
        let x = (u / self.length).clamp(0.0, 1.0) * steps as f32;
        let i = (x as usize).min(steps.saturating_sub(1));
        let t = x - i as f32;
        let knot = |k: isize| self.profile[k.clamp(0, steps as isize) as usize];
        let (a, b, c, d) = (
            knot(i as isize - 1),
            knot(i as isize),
            knot(i as isize + 1),
            knot(i as isize + 2),
        );
        // Catmull-Rom spline through the knots.
        let body = b + 0.5
            * t
            * (c - a + t * (2.0 * a - 5.0 * b + 4.0 * c - d + t * (3.0 * (b - c) + d - a)));
        let mut radius = body.max(0.05);
        for (cap, from_end) in [(self.caps[0], u), (self.caps[1], self.length - u)] {
            if cap > 0.0 && from_end < cap {
                let t = ((cap - from_end) / cap).clamp(0.0, 1.0);
                radius *= (1.0 - t * t).sqrt();
            }
        }
        radius
    }

    /// The same tube `by` centimetres thicker, also over its rounded start.
    pub fn widened(&self, by: f32) -> Self {
        let before = if self.caps[0] > 0.0 { by } else { 0.0 };
        Self {
            start: [
                self.start[0] - before * self.axis[0],
                self.start[1] - before * self.axis[1],
            ],
            length: self.length + before,
            profile: self.profile.iter().map(|r| r + by).collect(),
            caps: [self.caps[0] + before, self.caps[1]],
            ..self.clone()
        }
    }

    /// The tube's coordinates of a picture point.
    pub fn locate(&self, p: Vec2) -> TubePoint {
        let d = [p[0] - self.start[0], p[1] - self.start[1]];
        let along = d[0] * self.axis[0] + d[1] * self.axis[1];
        let across = d[1] * self.axis[0] - d[0] * self.axis[1];
        let beyond = (-along).max(along - self.length).max(0.0);
        let radius = self.radius(along);
        let inside = if beyond > 0.0 {
            -(across.abs() - radius).max(0.0).hypot(beyond)
        } else {
            radius - across.abs()
        };
        TubePoint {
            along,
            across,
            perpendicular: [-self.axis[1], self.axis[0]],
            radius,
            inside,
        }
    }

    /// Signed length on the skin from the axis, which is longer than in the picture because the skin curves away.
    fn arc(&self, at: &TubePoint) -> f32 {
        let radius = at.radius.max(0.05);
        // Less than the true arc near the outline, where a picture could not resolve it.
        radius / 0.75 * (0.75 * (at.across / radius).clamp(-1.0, 1.0)).asin()
    }

    fn normal(&self, at: &TubePoint) -> Vec3 {
        let x = (at.across / at.radius.max(0.05)).clamp(-1.0, 1.0);
        let side = 0.97 * x * x.abs().powf(self.flatness - 1.0);
        let step = 0.5;
        let slope = (self.radius(at.along + step) - self.radius(at.along - step)) / (2.0 * step);
        let lengthwise = (-slope * (1.0 - x * x).max(0.0).sqrt()).clamp(-1.5, 1.5);
        let perpendicular = [-self.axis[1], self.axis[0]];
        normalise([
            perpendicular[0] * side + self.axis[0] * lengthwise * 0.7,
            perpendicular[1] * side + self.axis[1] * lengthwise * 0.7,
            (1.0 - side * side).max(0.05).sqrt(),
        ])
    }
}

/// A soft swelling or hollow of the surface, such as a shoulder blade or the groove of the spine.
#[derive(Clone, Copy, Debug)]
pub struct Bump {
    /// Its middle.
    pub centre: Vec2,
    /// Standard deviations in x and y.
    pub size: Vec2,
    /// Height in centimetres; negative for a hollow.
    pub height: f32,
}

/// A point of visible skin.
#[derive(Clone, Copy, Debug)]
pub struct SkinPoint {
    /// Coordinates on the skin, continuous over the body.
    pub skin: Vec2,
    /// The point in the picture plane.
    pub picture: Vec2,
    /// Which tube it mostly belongs to.
    pub tube: usize,
    /// Centimetres along that tube.
    pub along: f32,
    /// Centimetres on the skin from that tube's axis; on the trunk and face, from the midline.
    pub across: f32,
    /// Half-width of that tube.
    pub radius: f32,
    /// Whether that tube is a limb.
    pub limb: bool,
    /// Distance inside the body's outline.
    pub inside: f32,
    /// Outward unit normal.
    pub normal: Vec3,
}

/// The visible body.
#[derive(Clone, Debug)]
pub struct Body {
    /// The first is the trunk or face, where there is one; its axis is the midline. At most [`MAX_TUBES`].
    pub tubes: Vec<Tube>,
    /// Surface detail.
    pub bumps: Vec<Bump>,
    /// Folds that collect shadow, such as an armpit: middle and radii.
    pub folds: Vec<(Vec2, Vec2)>,
}

impl Body {
    /// Coordinates of a picture point in each tube (unused entries lie far outside), and the distance inside the outline.
    pub fn locate(&self, p: Vec2) -> ([TubePoint; MAX_TUBES], f32) {
        let mut points = [TubePoint {
            inside: -1e6,
            ..TubePoint::default()
        }; MAX_TUBES];
        let mut inside = -1e6f32;
        for (tube, point) in self.tubes.iter().zip(points.iter_mut()) {
            *point = tube.locate(p);
            let widest = tube.profile.iter().copied().fold(0.2, f32::max);
            let blend = BLEND.min(0.5 * widest);
            inside = if inside < -1e5 {
                point.inside
            } else {
                smooth_max(inside, point.inside, blend)
            };
        }
        (points, inside)
    }

    /// The skin at a picture point. Slightly outside the outline it is that of the outline.
    pub fn skin(&self, p: Vec2, points: &[TubePoint; MAX_TUBES], inside: f32) -> SkinPoint {
        let mut nearest = 0;
        let mut total = 0.0;
        let mut normal = [0.0; 3];
        let mut skin = [0.0; 2];
        for (i, (tube, point)) in self.tubes.iter().zip(points).enumerate() {
            if point.inside > points[nearest].inside {
                nearest = i;
            }
            let weight = (point.inside / BLEND + 0.5).clamp(0.0, 1.0).powi(2);
            if weight > 0.0 {
                total += weight;
                let n = tube.normal(point);
                let shift = tube.arc(point) - point.across;
                for axis in 0..3 {
                    normal[axis] += weight * n[axis];
                }
                skin[0] -= weight * shift * tube.axis[1];
                skin[1] += weight * shift * tube.axis[0];
            }
        }
        let (tube, point) = (&self.tubes[nearest], &points[nearest]);
        if total > 0.0 {
            skin = [p[0] + skin[0] / total, p[1] + skin[1] / total];
        } else {
            normal = tube.normal(point);
            let shift = tube.arc(point) - point.across;
            skin = [p[0] - shift * tube.axis[1], p[1] + shift * tube.axis[0]];
        }
        let mut normal = normalise(normal);
        for bump in &self.bumps {
            let x = (p[0] - bump.centre[0]) / bump.size[0];
            let y = (p[1] - bump.centre[1]) / bump.size[1];
            let r2 = x * x + y * y;
            if r2 < 12.0 {
                let h = bump.height * (-0.5 * r2).exp();
                normal[0] += h * x / bump.size[0];
                normal[1] += h * y / bump.size[1];
            }
        }
        SkinPoint {
            skin,
            picture: p,
            tube: nearest,
            along: point.along,
            across: tube.arc(point),
            radius: point.radius,
            limb: tube.limb,
            inside,
            normal: normalise(normal),
        }
    }

    /// Share of the surrounding light that reaches a point, 0 to 1: less in folds and at the outline.
    pub fn openness(&self, p: Vec2, inside: f32) -> f32 {
        let mut open = 1.0 - 0.25 * smoothstep(1.2, 0.0, inside);
        for (centre, radii) in &self.folds {
            let d = ((p[0] - centre[0]) / radii[0]).hypot((p[1] - centre[1]) / radii[1]);
            open *= 1.0 - 0.5 * (-d * d).exp();
        }
        open
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn limb() -> Tube {
        Tube {
            start: [0.0, 0.0],
            axis: [0.0, 1.0],
            length: 20.0,
            profile: vec![5.0, 4.0, 3.0],
            flatness: 1.0,
            caps: [0.0, 3.0],
            limb: true,
        }
    }

    #[test]
    fn a_tube_has_its_profile_and_closes_at_the_cap() {
        let tube = limb();
        assert!((tube.radius(10.0) - 4.0).abs() < 1e-5);
        assert!(tube.radius(20.0) < 1e-3);
        assert!(tube.locate([0.0, 10.0]).inside > 3.9);
        assert!(tube.locate([5.0, 10.0]).inside < 0.0);
        assert!(tube.locate([0.0, -2.0]).inside < 0.0);
    }

    #[test]
    fn normals_point_outwards_and_skin_stretches_towards_the_outline() {
        let body = Body {
            tubes: vec![limb()],
            bumps: vec![],
            folds: vec![],
        };
        let at = |x: f32| {
            let (points, inside) = body.locate([x, 10.0]);
            body.skin([x, 10.0], &points, inside)
        };
        assert!(at(3.5).normal[0] > 0.5 && at(-3.5).normal[0] < -0.5 && at(0.0).normal[2] > 0.95);
        assert!(at(3.5).skin[0] > 3.6, "{:?}", at(3.5).skin);
        assert!((at(3.5).skin[0] + at(-3.5).skin[0]).abs() < 1e-4);
    }
}
