//! Genoderm's page in the browser: replaces the static first view of `index.html` by the living one.

use genoderm_app::App;
use leptos::prelude::*;
use wasm_bindgen::JsCast;

fn main() {
    console_error_panic_hook::set_once();
    let Some(root) = document().get_element_by_id("app") else {
        leptos::logging::error!("index.html has no element #app");
        return;
    };
    root.set_inner_html("");
    mount_to(root.unchecked_into(), App).forget();
}
