//! Changing the language of a part of the page.

use leptos::prelude::*;

use crate::language;

/// A part of the page that is built anew when the language changes, so that none of its words, numbers and names can stay
/// behind. What must outlive that is in `AppState`; what may not be built anew (a picture that could not be fetched again
/// while a photograph is open, a control that has the focus) stands outside and calls `text` in closures.
pub fn in_language<V: IntoView + 'static>(
    part: impl Fn() -> V + Clone + Send + 'static,
) -> impl IntoView {
    // A list of one: another language is another element of it. A mere closure would only patch the old elements, and
    // what they measured when they were loaded would be lost.
    view! { <For each=|| [language::current()] key=|language| *language children=move |_| part() /> }
}
