//! Small plane and space geometry shared by the drawing code.
//!
//! Lengths are centimetres on the skin, x to the right, y down, z towards the camera.

/// A point or direction in the picture plane, in centimetres.
pub type Vec2 = [f32; 2];
/// A direction in space.
pub type Vec3 = [f32; 3];

/// Cubic Hermite step: 0 below `low`, 1 above `high`; a falling step when `low > high`.
pub fn smoothstep(low: f32, high: f32, x: f32) -> f32 {
    let t = ((x - low) / (high - low)).clamp(0.0, 1.0);
    t * t * (3.0 - 2.0 * t)
}

/// Linear interpolation: exactly `a` at `t = 0` and exactly `b` at `t = 1`, as masks need.
pub fn mix(a: f32, b: f32, t: f32) -> f32 {
    a * (1.0 - t) + b * t
}

/// Linear interpolation of each channel.
pub fn mix3(a: Vec3, b: Vec3, t: f32) -> Vec3 {
    [mix(a[0], b[0], t), mix(a[1], b[1], t), mix(a[2], b[2], t)]
}

/// Scalar product.
pub fn dot3(a: Vec3, b: Vec3) -> f32 {
    a[0] * b[0] + a[1] * b[1] + a[2] * b[2]
}

/// The vector scaled to unit length; a zero vector becomes the direction of the camera.
pub fn normalise(v: Vec3) -> Vec3 {
    let length = dot3(v, v).sqrt();
    if length < 1e-9 {
        return [0.0, 0.0, 1.0];
    }
    [v[0] / length, v[1] / length, v[2] / length]
}

/// Rotates by `angle` radians, from x towards y.
pub fn rotate(p: Vec2, angle: f32) -> Vec2 {
    let (s, c) = angle.sin_cos();
    [p[0] * c - p[1] * s, p[0] * s + p[1] * c]
}

/// `a - b`.
pub fn sub(a: Vec2, b: Vec2) -> Vec2 {
    [a[0] - b[0], a[1] - b[1]]
}

/// Distance between two points.
pub fn distance(a: Vec2, b: Vec2) -> f32 {
    (a[0] - b[0]).hypot(a[1] - b[1])
}

/// Maximum of two values, rounded over a width `k` where they are close.
pub fn smooth_max(a: f32, b: f32, k: f32) -> f32 {
    let h = (k - (a - b).abs()).max(0.0) / k;
    a.max(b) + h * h * k * 0.25
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn steps_rise_and_fall() {
        assert_eq!(smoothstep(1.0, 2.0, 0.5), 0.0);
        assert_eq!(smoothstep(1.0, 2.0, 1.5), 0.5);
        assert_eq!(smoothstep(2.0, 1.0, 0.5), 1.0);
    }

    #[test]
    fn a_smooth_maximum_is_never_below_the_maximum() {
        for i in 0..20 {
            let b = i as f32 * 0.1;
            let value = smooth_max(1.0, b, 0.5);
            assert!(value >= 1.0f32.max(b) && value <= 1.0f32.max(b) + 0.126);
        }
        assert_eq!(smooth_max(1.0, 3.0, 0.5), 3.0);
    }
}
