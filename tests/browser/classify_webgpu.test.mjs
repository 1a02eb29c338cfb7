// The WebGPU engine says of a photograph what the command line says.

import { classificationTests } from "./helper/classification.mjs";
import { QUICK } from "./helper/setting.mjs";

if (!QUICK) {
  classificationTests("webgpu");
}
