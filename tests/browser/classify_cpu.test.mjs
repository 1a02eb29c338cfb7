// The CPU engine says of a photograph what the command line says.

import { classificationTests } from "./helper/classification.mjs";

classificationTests("cpu");
