// Which build of an engine this browser runs. The page's interface asks for it by `genodermProgramOf`.

/** The engines: one for the processor, one for the graphics card. */
export const ENGINES = ["engine-cpu", "engine-webgpu"];

/**
 * The smallest program with `f32x4.relaxed_madd`, one function `(v128) -> v128`: browsers that accept it have wasm's relaxed
 * SIMD, of which the engine for the processor uses the multiplication and addition in one instruction.
 */
const RELAXED_SIMD = Uint8Array.of(
  ...[0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00],
  ...[0x01, 0x06, 0x01, 0x60, 0x01, 0x7b, 0x01, 0x7b],
  ...[0x03, 0x02, 0x01, 0x00],
  ...[0x0a, 0x0d, 0x01, 0x0b, 0x00, 0x20, 0x00, 0x20, 0x00, 0x20, 0x00, 0xfd, 0x85, 0x02, 0x0b],
);

/**
 * The name of the files of an engine's program.
 * @param {string} engine one of {@link ENGINES}
 */
export function programOf(engine) {
  return engine === "engine-cpu" && WebAssembly.validate(RELAXED_SIMD) ? "engine-cpu-relaxed" : engine;
}

globalThis.genodermProgramOf = programOf;
