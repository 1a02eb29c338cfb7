//! How much of the map lies in the lesion, or in a region that the reader draws over the photograph.

use leptos::ev;
use leptos::prelude::*;
use web_sys::Element;

use crate::format;
use crate::region::{Region, RegionShare};
use crate::state::AppState;
use crate::text::{fill, text};

/// The scores below the map, and the controls of the reader's own region.
#[component]
pub fn RegionScore(
    /// The name of the explained label.
    label: String,
) -> impl IntoView {
    let state = AppState::get();
    let region = state.map_choice.region;
    let share = move |inside: &dyn Fn(f64, f64) -> bool| {
        let part = state.map_region();
        let shape = state.photo_shape();
        state.heat.with(|heat| {
            let heat = heat.as_ref()?;
            Some(RegionShare::of_part(heat, part.as_ref(), shape, inside))
        })
    };
    let in_lesion = Memo::new(move |_| {
        state.lesion.with(|lesion| {
            let lesion = lesion.as_ref()?;
            share(&|x, y| lesion.contains(x, y))
        })
    });
    let in_region = Memo::new(move |_| {
        let region = region.get()?;
        share(&|x, y| region.contains(x, y))
    });
    let draw = move |event: ev::Event| {
        region.set(event_target_checked(&event).then(Region::default));
    };
    let name = StoredValue::new(label);
    let sentence = move |template: &'static str, share: RegionShare| {
        let evidence = share.evidence.map(format::whole);
        let values = [
            (
                "share",
                evidence.unwrap_or_else(|| text().none_measured.to_owned()),
            ),
            ("area", format::whole(share.area)),
            ("label", name.get_value()),
        ];
        fill(template, &values)
    };
    view! {
        <div class="region" data-testid="region">
            <h4>{text().region_title}</h4>
            {move || {
                in_lesion
                    .get()
                    .map(|share| {
                        view! { <Score id="lesion-share" share words=sentence(text().region_lesion, share) /> }
                    })
            }}
            {move || {
                in_region
                    .get()
                    .map(|share| {
                        view! { <Score id="region-share" share words=sentence(text().region_drawn, share) /> }
                    })
            }}
            <Show when=move || in_lesion.get().is_some() || in_region.get().is_some()>
                <p class="hint">{text().region_meaning}</p>
            </Show>
            <label class="check">
                <input
                    type="checkbox"
                    data-testid="draw-region"
                    prop:checked=move || region.with(Option::is_some)
                    on:change=draw
                />
                {text().region_draw}
            </label>
            <Show when=move || region.with(Option::is_some)>
                <p class="hint">{text().region_hint}</p>
                <Sliders region />
            </Show>
        </div>
    }
}

#[component]
fn Score(id: &'static str, share: RegionShare, words: String) -> impl IntoView {
    view! {
        <p
            data-testid=id
            data-evidence=share.evidence.map(|evidence| evidence.to_string())
            data-area=share.area.to_string()
        >
            {words}
        </p>
    }
}

/// The same by keyboard, and for who cannot drag.
#[component]
pub fn Sliders(
    /// The region.
    region: RwSignal<Option<Region>>,
) -> impl IntoView {
    view! {
        <div class="map-controls">
            <Side
                region
                id="region-left"
                label=text().region_left
                read=|region| region.left
                write=|region, to| region.left = to
            />
            <Side
                region
                id="region-top"
                label=text().region_top
                read=|region| region.top
                write=|region, to| region.top = to
            />
            <Side
                region
                id="region-width"
                label=text().region_width
                read=|region| region.width
                write=|region, to| region.width = to
            />
            <Side
                region
                id="region-height"
                label=text().region_height
                read=|region| region.height
                write=|region, to| region.height = to
            />
        </div>
    }
}

#[component]
fn Side(
    region: RwSignal<Option<Region>>,
    id: &'static str,
    label: &'static str,
    read: fn(&Region) -> f64,
    write: fn(&mut Region, f64),
) -> impl IntoView {
    let share = move || region.with(|region| region.as_ref().map_or(0.0, read));
    let set = move |event| {
        if let Ok(percent) = event_target_value(&event).parse::<f64>() {
            region.update(|region| {
                if let Some(region) = region {
                    write(region, percent / 100.0);
                    *region = region.inside();
                }
            });
        }
    };
    view! {
        <label class="slider">
            <span>{label}</span>
            <input
                type="range"
                min="0"
                max="100"
                data-testid=id
                prop:value=move || (share() * 100.0).round().to_string()
                on:input=set
            />
            <output aria-hidden="true">{move || format::whole(share())}</output>
        </label>
    }
}

/// The region over the photograph, which a finger or a mouse draws anew.
#[component]
pub fn RegionLayer(
    /// The region.
    region: RwSignal<Option<Region>>,
    /// Whether it may be drawn and seen now.
    #[prop(into)]
    when: Signal<bool>,
) -> impl IntoView {
    let start = StoredValue::new(None);
    let place = |event: &ev::PointerEvent| {
        let layer: Element = event_target_layer(event)?;
        let area = layer.get_bounding_client_rect();
        let (x, y) = (f64::from(event.client_x()), f64::from(event.client_y()));
        let across = (x - area.left()) / area.width().max(1.0);
        Some((across, (y - area.top()) / area.height().max(1.0)))
    };
    let down = move |event: ev::PointerEvent| {
        event.prevent_default();
        if let Some(layer) = event_target_layer(&event) {
            // The drag goes on outside of the picture.
            let _ = layer.set_pointer_capture(event.pointer_id());
        }
        start.set_value(place(&event));
    };
    let moved = move |event: ev::PointerEvent| {
        if let (Some(start), Some(here)) = (start.get_value(), place(&event)) {
            region.set(Some(Region::between(start, here)));
        }
    };
    let up = move |_| start.set_value(None);
    let shown = Signal::derive(move || region.get().unwrap_or_default());
    view! {
        <Show when=move || region.with(Option::is_some) && when.get()>
            <svg
                class="region-layer"
                viewBox="0 0 100 100"
                preserveAspectRatio="none"
                role="img"
                aria-label=text().region_alt
                data-testid="region-layer"
                on:pointerdown=down
                on:pointermove=moved
                on:pointerup=up
                on:pointercancel=up
            >
                <Ellipse region=shown />
            </svg>
        </Show>
    }
}

/// A region as two lines that are seen on any photograph and any map, in a `viewBox` of 100 by 100.
#[component]
pub fn Ellipse(
    /// The region.
    #[prop(into)]
    region: Signal<Region>,
) -> impl IntoView {
    let percent = |share: f64| format!("{:.2}", share * 100.0);
    ["region-around", "region-line"]
        .map(|class| {
            view! {
                <ellipse
                    class=class
                    cx=move || percent(region.get().left + region.get().width / 2.0)
                    cy=move || percent(region.get().top + region.get().height / 2.0)
                    rx=move || percent(region.get().width / 2.0)
                    ry=move || percent(region.get().height / 2.0)
                />
            }
        })
        .collect_view()
}

/// The layer itself, whichever part of it was touched.
fn event_target_layer(event: &ev::PointerEvent) -> Option<Element> {
    use wasm_bindgen::JsCast;
    event.current_target()?.dyn_into().ok()
}
