//! The camera as the browser offers it: which there are, their live picture, and one frame of it as a photograph.
//!
//! Sound is never asked for. A frame is painted on a canvas and made a PNG: pixels without loss, and nothing besides them.

use js_sys::{Array, Reflect};
use leptos::prelude::*;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{
    Blob, ConstrainDomStringParameters, HtmlCanvasElement, HtmlVideoElement, MediaDeviceInfo,
    MediaDeviceKind, MediaDevices, MediaStream, MediaStreamConstraints, MediaStreamTrack,
    MediaTrackConstraints,
};

use crate::engine_client::describe;
use crate::keep::picture::canvas_png;
use crate::overlay::context_2d;
use crate::problem::Problem;

/// The size that is wished for. A region of it should still be larger than the networks' input; browsers take the nearest
/// that the camera has.
const WISHED: (i32, i32) = (1920, 1080);

/// One of this device's cameras.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CameraDevice {
    /// The browser's name for it, which no reader sees; empty before the reader allowed the camera.
    pub id: String,
    /// What it is called; empty where the browser does not say.
    pub label: String,
}

/// How far the camera's view has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CameraView {
    /// It is not open, and no camera is on.
    Closed,
    /// The browser was asked for the camera, or its first picture has not come.
    Asked,
    /// The picture is live.
    Live,
}

/// What the page knows of the camera. Cheap to copy.
#[derive(Clone, Copy)]
pub struct Camera {
    /// Whether there is one that the page may ask for.
    pub offered: RwSignal<bool>,
    /// The cameras, as far as the browser tells.
    pub devices: RwSignal<Vec<CameraDevice>>,
    /// How far the view has come.
    pub view: RwSignal<CameraView>,
    /// The id of the camera that is on.
    pub on: RwSignal<Option<String>>,
    /// Its live picture.
    pub stream: RwSignal<Option<MediaStream>, LocalStorage>,
    /// The number of the last wish: a camera that comes later than the next wish is switched off at once.
    pub wish: StoredValue<u32>,
}

impl Camera {
    /// Nothing is known yet, and none is on.
    pub fn new() -> Self {
        Self {
            offered: RwSignal::new(false),
            devices: RwSignal::new(Vec::new()),
            view: RwSignal::new(CameraView::Closed),
            on: RwSignal::new(None),
            stream: RwSignal::new_local(None),
            wish: StoredValue::new(0),
        }
    }

    /// Whether the view is open.
    pub fn is_open(&self) -> bool {
        self.view.get() != CameraView::Closed
    }
}

/// The browser's cameras; `None` where it has no such thing, as on pages without HTTPS.
pub fn media_devices() -> Option<MediaDevices> {
    let devices = Reflect::get(&window().navigator(), &"mediaDevices".into()).ok()?;
    let able = !devices.is_undefined()
        && Reflect::has(&devices, &"getUserMedia".into()).unwrap_or_default();
    able.then(|| devices.unchecked_into())
}

/// The cameras of this device; `None` where the browser does not tell, which is no reason not to ask it for one.
pub async fn list() -> Option<Vec<CameraDevice>> {
    let found = JsFuture::from(media_devices()?.enumerate_devices().ok()?)
        .await
        .inspect_err(|error| leptos::logging::warn!("cameras: {}", describe(error)))
        .ok()?;
    let found = Array::from(&found);
    let cameras = found.iter().filter_map(|device| {
        let device: MediaDeviceInfo = device.unchecked_into();
        (device.kind() == MediaDeviceKind::Videoinput).then(|| CameraDevice {
            id: device.device_id(),
            label: device.label(),
        })
    });
    Some(cameras.collect())
}

/// Switches a camera on: that of this id, else the one at the back if there are several. The browser may ask the reader.
///
/// # Errors
/// What the reader is told where none came.
pub async fn open(id: Option<&str>) -> Result<MediaStream, Problem> {
    let ask = || {
        let devices = media_devices().ok_or(JsValue::NULL)?;
        devices.get_user_media_with_constraints(&constraints(id))
    };
    let stream = async { JsFuture::from(ask()?).await?.dyn_into() };
    stream.await.map_err(|error: JsValue| {
        leptos::logging::warn!("camera: {}", describe(&error));
        let name = Reflect::get(&error, &"name".into()).ok();
        problem(&name.and_then(|name| name.as_string()).unwrap_or_default())
    })
}

/// A picture, no sound.
fn constraints(id: Option<&str>) -> MediaStreamConstraints {
    let picture = MediaTrackConstraints::new();
    match id {
        Some(id) => {
            let exact = ConstrainDomStringParameters::new();
            exact.set_exact_str(id);
            picture.set_device_id_constrain_dom_string_parameters(&exact);
        }
        None => picture.set_facing_mode_str("environment"),
    }
    picture.set_width_i32(WISHED.0);
    picture.set_height_i32(WISHED.1);
    let constraints = MediaStreamConstraints::new();
    constraints.set_audio_bool(false);
    constraints.set_video_media_track_constraints(&picture);
    constraints
}

/// What the reader is told, by the name of the browser's error (Media Capture and Streams, 10.2; the second names are those of older
/// browsers).
fn problem(name: &str) -> Problem {
    Problem::Sentence(match name {
        "NotAllowedError" | "SecurityError" | "PermissionDeniedError" => |text| text.camera_refused,
        "NotFoundError" | "OverconstrainedError" | "DevicesNotFoundError" => {
            |text| text.camera_none
        }
        "NotReadableError" | "AbortError" | "TrackStartError" => |text| text.camera_busy,
        _ => |text| text.camera_failed,
    })
}

/// The tracks of a live picture: there is one.
pub fn tracks(stream: &MediaStream) -> impl Iterator<Item = MediaStreamTrack> {
    let tracks = stream.get_tracks();
    (0..tracks.length()).map(move |place| tracks.get(place).unchecked_into())
}

/// Switches the camera off.
pub fn stop(stream: &MediaStream) {
    for track in tracks(stream) {
        track.stop();
    }
}

/// The picture of this moment on a canvas.
///
/// # Errors
/// When there is no picture, or no memory for it.
pub fn frame(video: &HtmlVideoElement) -> Result<HtmlCanvasElement, JsValue> {
    let (width, height) = (video.video_width(), video.video_height());
    if width == 0 || height == 0 {
        return Err(JsValue::from_str("no picture"));
    }
    let canvas: HtmlCanvasElement = document().create_element("canvas")?.dyn_into()?;
    canvas.set_width(width);
    canvas.set_height(height);
    context_2d(&canvas)?.draw_image_with_html_video_element(video, 0.0, 0.0)?;
    Ok(canvas)
}

/// A frame as a PNG.
///
/// # Errors
/// When the browser has no memory for it.
pub async fn photograph(canvas: HtmlCanvasElement) -> Result<Blob, JsValue> {
    let png = canvas_png(&canvas).await;
    // Gives the pixels back at once; the canvas itself waits for the browser's cleaning.
    canvas.set_width(0);
    png
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::ENGLISH;
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    #[test]
    fn each_reason_has_a_sentence_of_its_own() {
        let told = |name: &str| problem(name).sentence();
        assert_eq!(told("NotAllowedError"), ENGLISH.camera_refused);
        assert_eq!(told("NotFoundError"), ENGLISH.camera_none);
        assert_eq!(told("NotReadableError"), ENGLISH.camera_busy);
        assert_eq!(told("TypeError"), ENGLISH.camera_failed);
        assert_eq!(told(""), ENGLISH.camera_failed);
    }
}
