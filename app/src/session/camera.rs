//! The camera: switched on at the reader's wish, and off as soon as a photograph is taken or the reader looks elsewhere.

use leptos::ev;
use leptos::prelude::*;
use leptos::task::spawn_local;
use wasm_bindgen::prelude::*;
use web_sys::{HtmlVideoElement, MediaStream};

use crate::camera::{self, CameraView};
use crate::engine_client::describe;
use crate::problem::Problem;
use crate::state::AppState;
use crate::text::text;

impl AppState {
    /// Looks for cameras, now and whenever one comes or goes. Asks the reader nothing.
    pub(super) fn begin_camera(self) {
        let Some(devices) = camera::media_devices() else {
            return;
        };
        self.list_cameras();
        let changed = Closure::<dyn Fn()>::new(move || self.list_cameras());
        devices.set_ondevicechange(Some(changed.as_ref().unchecked_ref()));
        // For as long as the page lives.
        changed.forget();
        // Nobody looks at the picture any more. The question for the camera may hide the page too.
        window_event_listener(ev::visibilitychange, move |_| {
            if document().hidden() && self.camera.view.get_untracked() == CameraView::Live {
                self.close_camera();
            }
        });
        window_event_listener(ev::pagehide, move |_| self.close_camera_quietly());
    }

    fn list_cameras(self) {
        spawn_local(async move {
            let found = camera::list().await;
            self.camera
                .offered
                .set(found.as_ref().is_none_or(|cameras| !cameras.is_empty()));
            let found = found.unwrap_or_default();
            if self.camera.devices.with_untracked(|known| *known != found) {
                self.camera.devices.set(found);
            }
        });
    }

    /// Opens the camera's view.
    pub fn open_camera(self) {
        self.error.set(None);
        self.announcement.set(text().camera_asked.to_owned());
        // The camera that was used before, if it is still there.
        let before = self.camera.on.get_untracked().filter(|id| {
            let devices = self.camera.devices;
            devices.with_untracked(|devices| devices.iter().any(|device| device.id == *id))
        });
        self.switch_camera_on(before);
    }

    /// Follows the reader's choice of another camera.
    pub fn pick_camera(self, id: String) {
        self.announcement.set(text().camera_asked.to_owned());
        self.switch_camera_on(Some(id));
    }

    fn switch_camera_on(self, id: Option<String>) {
        // Phones have one camera on at a time.
        self.stop_stream();
        let wish = self.next_number();
        self.camera.wish.set_value(wish);
        self.camera.view.set(CameraView::Asked);
        spawn_local(async move {
            let found = camera::open(id.as_deref()).await;
            let wished = self.camera.wish.get_value() == wish;
            match found {
                Ok(stream) if wished && !document().hidden() => self.camera_came(wish, stream),
                Ok(stream) => {
                    camera::stop(&stream);
                    if wished {
                        self.close_camera();
                    }
                }
                Err(problem) if wished => self.camera_failed(problem),
                Err(_) => {}
            }
        });
    }

    fn camera_came(self, wish: u32, stream: MediaStream) {
        for track in camera::tracks(&stream) {
            self.camera.on.set(track.get_settings().get_device_id());
            let ended = Closure::once_into_js(move || {
                if self.camera.wish.get_value() == wish {
                    self.camera_failed(Problem::Sentence(|text| text.camera_lost));
                }
            });
            track.set_onended(Some(ended.unchecked_ref()));
        }
        self.camera.stream.set(Some(stream));
        // From now on the browser tells what the cameras are called.
        self.list_cameras();
    }

    fn camera_failed(self, problem: Problem) {
        self.camera.on.set(None);
        self.close_camera_quietly();
        self.error.set(Some(problem));
        self.list_cameras();
    }

    /// The first picture has come.
    pub fn camera_is_live(self) {
        if self.camera.view.get_untracked() == CameraView::Asked {
            self.camera.view.set(CameraView::Live);
            self.announcement.set(text().camera_live.to_owned());
        }
    }

    /// Switches the camera off and opens the picture of this moment as any photograph.
    pub fn take_photograph(self, video: &HtmlVideoElement) {
        if self.camera.view.get_untracked() != CameraView::Live {
            return;
        }
        let frame = camera::frame(video);
        self.close_camera_quietly();
        self.announcement.set(text().camera_taken.to_owned());
        let number = self.next_number();
        self.asked_for.set_value(number);
        spawn_local(async move {
            let taken = match frame {
                Ok(frame) => camera::photograph(frame).await,
                Err(error) => Err(error),
            };
            // Meanwhile the reader may have opened something else.
            if self.asked_for.get_value() != number {
                return;
            }
            match taken {
                Ok(photograph) => self.open(photograph, text().camera_photo.to_owned(), None),
                Err(error) => {
                    leptos::logging::warn!("camera: {}", describe(&error));
                    let problem = Problem::Sentence(|text| text.camera_no_picture);
                    self.error.set(Some(problem));
                }
            }
        });
    }

    /// Switches the camera off and closes its view, at the reader's wish.
    pub fn close_camera(self) {
        self.close_camera_quietly();
        self.announcement.set(text().camera_off.to_owned());
    }

    /// Switches the camera off, if it is on or was asked for.
    pub(super) fn close_camera_quietly(self) {
        self.stop_stream();
        self.camera.wish.set_value(self.next_number());
        if self.camera.view.get_untracked() != CameraView::Closed {
            self.camera.view.set(CameraView::Closed);
        }
    }

    fn stop_stream(self) {
        let stream = self.camera.stream.try_update(Option::take).flatten();
        if let Some(stream) = stream {
            camera::stop(&stream);
        }
    }
}
