//! The engine on the graphics card.

fn main() {
    genoderm_engine::start(genoderm_protocol::Backend::Webgpu);
}
