//! A button that asks once more before it does what cannot be undone. It asks in its own place, so that the keyboard stays
//! where it is.

use leptos::html;
use leptos::prelude::*;

/// The button; once pressed, a question with a button for yes and one for no.
#[component]
pub fn Confirmed(
    /// The button's words, which are those of "yes" too.
    words: &'static str,
    /// The button's name for screen readers.
    label: String,
    /// What is asked.
    question: String,
    /// The first button's test id; that of "yes" ends in `-yes`, that of "no" in `-no`.
    test_id: &'static str,
    /// What "yes" does.
    on_yes: impl Fn() + Clone + Send + Sync + 'static,
) -> impl IntoView {
    let asking = RwSignal::new(false);
    let (first, no) = (
        NodeRef::<html::Button>::new(),
        NodeRef::<html::Button>::new(),
    );
    // The reader who pressed the one button wants to be at the other; the harmless one gets the focus.
    let focus = move |button: NodeRef<html::Button>| {
        request_animation_frame(move || {
            if let Some(button) = button.get_untracked() {
                let _ = button.focus();
            }
        });
    };
    let ask = move |_| {
        asking.set(true);
        focus(no);
    };
    let keep = move || {
        asking.set(false);
        focus(first);
    };
    let escape = move |event: leptos::ev::KeyboardEvent| {
        if event.key() == "Escape" {
            keep();
        }
    };
    view! {
        <Show
            when=move || asking.get()
            fallback=move || {
                view! {
                    <button
                        node_ref=first
                        type="button"
                        class="quiet"
                        aria-label=label.clone()
                        data-testid=test_id
                        on:click=ask
                    >
                        {words}
                    </button>
                }
            }
        >
            <div class="confirm" role="group" aria-label=question.clone() on:keydown=escape>
                <span>{question.clone()}</span>
                <button
                    type="button"
                    data-testid=format!("{test_id}-yes")
                    on:click={
                        let on_yes = on_yes.clone();
                        move |_| {
                            asking.set(false);
                            on_yes();
                        }
                    }
                >
                    {words}
                </button>
                <button
                    node_ref=no
                    type="button"
                    data-testid=format!("{test_id}-no")
                    on:click=move |_| keep()
                >
                    {crate::text::text().cases_keep}
                </button>
            </div>
        </Show>
    }
}
