// Starts the page's program. A file of its own, because the content security policy forbids inline scripts.
import "./offline.js";
import init from "./genoderm-app.js";

try {
  await init({ module_or_path: new URL("./genoderm-app_bg.wasm", import.meta.url) });
} catch (error) {
  console.error(error);
  const status = document.getElementById("boot");
  if (status) {
    status.textContent =
      "The page could not be started. Reload it; if that does not help, use a current version of Chrome, Edge, " +
      "Firefox or Safari.";
  }
}
