//! What graphics hardware the browser offers, asked before an engine is downloaded.
//!
//! `navigator.gpu` is still unstable in web-sys, so its few properties are read by name. Nothing here
//! creates a GPU device; the engine's worker does that itself.

use genoderm_protocol::{Backend, FailureKind};
use js_sys::{Function, Promise, Reflect};
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::JsFuture;

use crate::text::{fall_back_sentence, fill, text};

/// The storage binding that the WebGPU engine needs at least: WebGPU's own guaranteed minimum, in bytes.
const NEEDED_BINDING: f64 = 128.0 * 1024.0 * 1024.0;
/// How long an adapter may take to answer before the page stops waiting, in milliseconds.
const ADAPTER_TIMEOUT_MS: i32 = 5_000;

/// The word for an engine in the page's address (`?engine=`) and in the menu.
pub fn engine_key(backend: Backend) -> &'static str {
    match backend {
        Backend::Cpu => "cpu",
        Backend::Webgpu => "webgpu",
    }
}

/// The opposite of [`engine_key`]; `None` for any other text, `auto` included.
pub fn engine_from_key(key: &str) -> Option<Backend> {
    match key {
        "cpu" => Some(Backend::Cpu),
        "webgpu" => Some(Backend::Webgpu),
        _ => None,
    }
}

/// What the browser said about its graphics adapter.
#[derive(Clone, Debug, PartialEq)]
pub enum DeviceProbe {
    /// The browser has no `navigator.gpu`.
    NoWebGpu,
    /// The browser has WebGPU but gave no adapter, or did not answer in time.
    NoAdapter,
    /// An adapter, with what the engine must know about it.
    Adapter(Adapter),
}

/// The properties of a graphics adapter that decide whether the WebGPU engine can run on it.
#[derive(Clone, Debug, PartialEq)]
pub struct Adapter {
    /// Vendor and architecture as the browser tells them; may be empty.
    pub name: String,
    /// True for an adapter that imitates a GPU on the processor.
    pub software: bool,
    /// The `timestamp-query` feature, without which the engine's GPU layer does not start.
    pub timestamp_query: bool,
    /// `limits.maxStorageBufferBindingSize`, in bytes.
    pub storage_binding: f64,
    /// `limits.maxBufferSize`, in bytes.
    pub buffer: f64,
}

/// Why an engine was chosen.
#[derive(Clone, Debug, PartialEq)]
pub enum Reason {
    /// A suitable GPU was found.
    GpuFound(String),
    /// See [`DeviceProbe::NoWebGpu`].
    NoWebGpu,
    /// See [`DeviceProbe::NoAdapter`].
    NoAdapter,
    /// The only adapter is software.
    SoftwareGpu,
    /// The adapter lacks a feature the engine needs.
    NoTimestamps,
    /// The adapter's buffers are too small.
    SmallLimits,
    /// The reader picked it in the list.
    Picked,
    /// The page's address asked for it.
    Address,
    /// The WebGPU engine failed in this way.
    FellBack(FailureKind),
}

impl Reason {
    /// One plain sentence.
    pub fn sentence(&self) -> String {
        let text = text();
        match self {
            Self::GpuFound(name) if name.is_empty() => text.reason_gpu_unnamed.to_owned(),
            Self::GpuFound(name) => fill(text.reason_gpu, &[("name", name)]),
            Self::NoWebGpu => text.reason_no_webgpu.to_owned(),
            Self::NoAdapter => text.reason_no_adapter.to_owned(),
            Self::SoftwareGpu => text.reason_software.to_owned(),
            Self::NoTimestamps => text.reason_no_timestamps.to_owned(),
            Self::SmallLimits => text.reason_small_limits.to_owned(),
            Self::Picked => text.reason_picked.to_owned(),
            Self::Address => text.reason_address.to_owned(),
            Self::FellBack(kind) => fall_back_sentence(*kind).to_owned(),
        }
    }
}

/// The engine that suits the device, and why.
pub fn choose(probe: &DeviceProbe) -> (Backend, Reason) {
    match probe {
        DeviceProbe::NoWebGpu => (Backend::Cpu, Reason::NoWebGpu),
        DeviceProbe::NoAdapter => (Backend::Cpu, Reason::NoAdapter),
        DeviceProbe::Adapter(adapter) if adapter.software => (Backend::Cpu, Reason::SoftwareGpu),
        DeviceProbe::Adapter(adapter) if !adapter.timestamp_query => {
            (Backend::Cpu, Reason::NoTimestamps)
        }
        DeviceProbe::Adapter(adapter)
            if adapter.storage_binding.min(adapter.buffer) < NEEDED_BINDING =>
        {
            (Backend::Cpu, Reason::SmallLimits)
        }
        DeviceProbe::Adapter(adapter) => (Backend::Webgpu, Reason::GpuFound(adapter.name.clone())),
    }
}

/// The engine asked for in the page's address (`?engine=cpu` or `?engine=webgpu`), if any.
pub fn engine_in_address() -> Option<Backend> {
    let search = leptos::prelude::window().location().search().ok()?;
    let parameters = web_sys::UrlSearchParams::new_with_str(&search).ok()?;
    engine_from_key(&parameters.get("engine")?)
}

/// Asks the browser for its graphics adapter.
pub async fn probe_device() -> DeviceProbe {
    let Some(gpu) = property(&leptos::prelude::window().navigator(), "gpu") else {
        return DeviceProbe::NoWebGpu;
    };
    match request_adapter(&gpu).await {
        Some(adapter) => DeviceProbe::Adapter(read_adapter(&adapter)),
        None => DeviceProbe::NoAdapter,
    }
}

async fn request_adapter(gpu: &JsValue) -> Option<JsValue> {
    let request: Function = property(gpu, "requestAdapter")?.dyn_into().ok()?;
    let options = js_sys::Object::new();
    Reflect::set(
        &options,
        &"powerPreference".into(),
        &"high-performance".into(),
    )
    .ok()?;
    let adapter: Promise = request.call1(gpu, &options).ok()?.dyn_into().ok()?;
    // A stuck graphics driver must not keep the page waiting: the timeout resolves to undefined.
    let timeout = Promise::new(&mut |resolve, _| {
        let _ = leptos::prelude::window()
            .set_timeout_with_callback_and_timeout_and_arguments_0(&resolve, ADAPTER_TIMEOUT_MS);
    });
    let first = Promise::race(&js_sys::Array::of2(&adapter, &timeout));
    present(JsFuture::from(first).await.ok()?)
}

fn read_adapter(adapter: &JsValue) -> Adapter {
    let info = property(adapter, "info");
    let info_text = |key: &str| {
        info.as_ref()
            .and_then(|info| property(info, key))
            .and_then(|value| value.as_string())
            .unwrap_or_default()
    };
    let limit = |key: &str| {
        property(adapter, "limits")
            .and_then(|limits| property(&limits, key))
            .and_then(|value| value.as_f64())
            .unwrap_or(0.0)
    };
    // The flag moved from the adapter to its info while WebGPU was being standardised.
    let software = [Some(adapter), info.as_ref()]
        .into_iter()
        .flatten()
        .any(|object| property(object, "isFallbackAdapter").is_some_and(|flag| flag.is_truthy()));
    let name = [info_text("vendor"), info_text("architecture")]
        .into_iter()
        .filter(|part| !part.is_empty())
        .collect::<Vec<_>>()
        .join(" ");
    Adapter {
        name,
        software,
        timestamp_query: has_feature(adapter, "timestamp-query"),
        storage_binding: limit("maxStorageBufferBindingSize"),
        buffer: limit("maxBufferSize"),
    }
}

fn has_feature(adapter: &JsValue, feature: &str) -> bool {
    let Some(features) = property(adapter, "features") else {
        return false;
    };
    let Some(has) = property(&features, "has").and_then(|has| has.dyn_into::<Function>().ok())
    else {
        return false;
    };
    has.call1(&features, &feature.into())
        .is_ok_and(|answer| answer.is_truthy())
}

fn property(object: &JsValue, key: &str) -> Option<JsValue> {
    present(Reflect::get(object, &key.into()).ok()?)
}

fn present(value: JsValue) -> Option<JsValue> {
    (!value.is_null() && !value.is_undefined()).then_some(value)
}

#[cfg(test)]
mod tests {
    use super::*;
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    fn adapter() -> Adapter {
        Adapter {
            name: "acme rdna-9".to_owned(),
            software: false,
            timestamp_query: true,
            storage_binding: NEEDED_BINDING,
            buffer: 2.0 * NEEDED_BINDING,
        }
    }

    fn chosen(adapter: Adapter) -> (Backend, Reason) {
        choose(&DeviceProbe::Adapter(adapter))
    }

    #[test]
    fn a_sound_graphics_card_is_used() {
        let name = adapter().name;
        assert_eq!(chosen(adapter()), (Backend::Webgpu, Reason::GpuFound(name)));
    }

    #[test]
    fn whatever_is_missing_leads_to_the_processor_with_its_own_reason() {
        assert_eq!(
            choose(&DeviceProbe::NoWebGpu),
            (Backend::Cpu, Reason::NoWebGpu)
        );
        assert_eq!(
            choose(&DeviceProbe::NoAdapter),
            (Backend::Cpu, Reason::NoAdapter)
        );
        let software = Adapter {
            software: true,
            ..adapter()
        };
        assert_eq!(chosen(software), (Backend::Cpu, Reason::SoftwareGpu));
        let no_timestamps = Adapter {
            timestamp_query: false,
            ..adapter()
        };
        assert_eq!(chosen(no_timestamps), (Backend::Cpu, Reason::NoTimestamps));
        let small = Adapter {
            storage_binding: NEEDED_BINDING - 1.0,
            ..adapter()
        };
        assert_eq!(chosen(small), (Backend::Cpu, Reason::SmallLimits));
        // What the browser does not tell reads as 0.
        let silent = Adapter {
            buffer: 0.0,
            ..adapter()
        };
        assert_eq!(chosen(silent), (Backend::Cpu, Reason::SmallLimits));
    }

    #[test]
    fn the_words_of_the_address_name_engines_and_nothing_else() {
        for backend in [Backend::Cpu, Backend::Webgpu] {
            assert_eq!(engine_from_key(engine_key(backend)), Some(backend));
        }
        assert_eq!(engine_from_key("auto"), None);
        assert_eq!(engine_from_key(""), None);
    }
}
