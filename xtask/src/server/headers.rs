//! The headers of every answer. The content security policy is the page's promise in a form that browsers enforce: no
//! script but its own, no connection but to where it came from.

use super::files::ServedFile;

/// Scripts and connections from the page's own origin only; wasm may be compiled; photographs are shown from memory
/// (`blob:`, `data:`). No inline script or style, no form, no frame.
pub const CONTENT_SECURITY_POLICY: &str = "default-src 'self'; script-src 'self' 'wasm-unsafe-eval'; \
    worker-src 'self'; connect-src 'self'; img-src 'self' blob: data:; style-src 'self'; font-src 'self'; \
    object-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

/// Powers that the page never uses, so that nothing in it ever can; the camera is for the page alone.
const PERMISSIONS_POLICY: &str = "camera=(self), geolocation=(), microphone=(), payment=(), usb=(), serial=(), \
    bluetooth=(), midi=(), display-capture=()";

/// Headers of all answers, of refusals too.
pub fn of_every_answer() -> Vec<(&'static str, String)> {
    [
        ("Content-Security-Policy", CONTENT_SECURITY_POLICY),
        ("X-Content-Type-Options", "nosniff"),
        ("Referrer-Policy", "no-referrer"),
        ("Permissions-Policy", PERMISSIONS_POLICY),
        // Together these two shut other sites out of the page's process, and give it exact clocks.
        ("Cross-Origin-Opener-Policy", "same-origin"),
        ("Cross-Origin-Embedder-Policy", "require-corp"),
        ("Cross-Origin-Resource-Policy", "same-origin"),
    ]
    .into_iter()
    .map(|(name, value)| (name, value.to_owned()))
    .collect()
}

/// Headers of all files: those of every answer, and how long a copy may be kept.
pub fn of_every_file() -> Vec<(&'static str, String)> {
    let mut fields = of_every_answer();
    // Kept by the browser, but asked for again each time; an unchanged file costs one empty answer.
    fields.push(("Cache-Control", "no-cache".to_owned()));
    fields
}

/// Headers of a file: those of every file, what tells whether a kept copy is current, and how it is packed.
pub fn of_file(file: &ServedFile) -> Vec<(&'static str, String)> {
    let mut fields = of_every_file();
    fields.push(("ETag", file.tag.clone()));
    // Another browser may get other bytes at the same address.
    fields.push(("Vary", "Accept-Encoding".to_owned()));
    fields.push(("Content-Type", file.media_type.to_owned()));
    if let Some(coding) = file.coding {
        fields.push(("Content-Encoding", coding.to_owned()));
    }
    fields
}
