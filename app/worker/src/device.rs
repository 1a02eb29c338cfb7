//! The device that tensors live on.

use std::cell::RefCell;

use burn::tensor::Device;
use genoderm_protocol::{Backend, Failure, FailureKind};

/// A device that is ready for tensors.
#[derive(Clone, Debug)]
pub struct OpenDevice {
    /// Where tensors go.
    pub device: Device,
    /// The device in words.
    pub name: String,
}

/// Starts the device, or hands out again the one that was started: a second WebGPU device cannot be registered in a
/// worker.
///
/// # Errors
/// [`FailureKind::NoDevice`] when there is no adapter, it lacks something, or this build has no such backend.
pub async fn open(backend: Backend) -> Result<OpenDevice, Failure> {
    thread_local! {
        static OPENED: RefCell<Option<OpenDevice>> = const { RefCell::new(None) };
    }
    if let Some(opened) = OPENED.with_borrow(Option::clone) {
        return Ok(opened);
    }
    let opened = start(backend).await?;
    OPENED.set(Some(opened.clone()));
    Ok(opened)
}

async fn start(backend: Backend) -> Result<OpenDevice, Failure> {
    match backend {
        #[cfg(feature = "cpu")]
        Backend::Cpu => Ok(OpenDevice {
            device: Device::flex(),
            name: if cfg!(feature = "cpu-relaxed") {
                "processor, WebAssembly with relaxed SIMD".into()
            } else {
                "processor, WebAssembly with SIMD".into()
            },
        }),
        #[cfg(feature = "webgpu")]
        Backend::Webgpu => webgpu::start().await,
        #[allow(unreachable_patterns, reason = "reachable unless both features are on")]
        other => Err(Failure::new(
            FailureKind::NoDevice,
            format!("this engine was built without {other:?}"),
        )),
    }
}

#[cfg(feature = "webgpu")]
mod webgpu {
    use super::{Device, Failure, FailureKind, OpenDevice};
    use crate::download;
    use js_sys::{Function, Promise, Reflect};
    use wasm_bindgen::{JsCast, JsValue};
    use wasm_bindgen_futures::JsFuture;

    pub async fn start() -> Result<OpenDevice, Failure> {
        let no_device = |detail: String| Failure::new(FailureKind::NoDevice, detail);
        let adapter = ask_adapter()
            .await
            .map_err(|error| no_device(download::words(&error)))?;
        // burn's runtime profiles with timestamps and panics where the adapter has none.
        if !adapter.timestamps {
            return Err(no_device("the adapter has no timestamp-query".into()));
        }
        let device = Device::wgpu_options()
            .init_async()
            .await
            .map_err(|error| no_device(error.to_string()))?;
        Ok(OpenDevice {
            device,
            name: adapter.name,
        })
    }

    /// What the browser tells of the adapter that wgpu will ask for, too.
    struct Adapter {
        name: String,
        timestamps: bool,
    }

    /// `navigator.gpu.requestAdapter()`, then its `features` and `info`. wgpu's own description of a browser's adapter
    /// is empty.
    async fn ask_adapter() -> Result<Adapter, JsValue> {
        let gpu = get(&get(&js_sys::global(), "navigator")?, "gpu")?;
        if gpu.is_undefined() {
            return Err("this browser has no WebGPU".into());
        }
        let request: Function = get(&gpu, "requestAdapter")?.dyn_into()?;
        let options = js_sys::Object::new();
        Reflect::set(
            &options,
            &"powerPreference".into(),
            &"high-performance".into(),
        )?;
        let adapter = JsFuture::from(request.call1(&gpu, &options)?.dyn_into::<Promise>()?).await?;
        if adapter.is_null() {
            return Err("this browser offers no graphics adapter".into());
        }
        let features = get(&adapter, "features")?;
        let has: Function = get(&features, "has")?.dyn_into()?;
        let timestamps = has.call1(&features, &"timestamp-query".into())?.is_truthy();
        let info = get(&adapter, "info")?;
        let words: Vec<String> = ["vendor", "architecture", "description"]
            .iter()
            .filter_map(|key| get(&info, key).ok()?.as_string())
            .filter(|word| !word.is_empty())
            .collect();
        let name = if words.is_empty() {
            "unnamed adapter".into()
        } else {
            words.join(" ")
        };
        Ok(Adapter { name, timestamps })
    }

    fn get(object: &JsValue, key: &str) -> Result<JsValue, JsValue> {
        Reflect::get(object, &key.into())
    }
}
