// Starts the page's program. A file of its own, because the content security policy forbids inline scripts.
import "./offline.js";
import init from "./genoderm-app.js";

try {
  await init({ module_or_path: new URL("./genoderm-app_bg.wasm", import.meta.url) });
} catch (error) {
  console.error(error);
  const status = document.getElementById("boot");
  if (status) {
    // The page's own sentences did not arrive, so this one is in every language.
    status.textContent =
      "The page could not be started. Reload it; if that does not help, use a current version of Chrome, Edge, " +
      "Firefox or Safari. – Die Seite konnte nicht gestartet werden. Laden Sie sie neu; wenn das nicht hilft, verwenden " +
      "Sie eine aktuelle Version von Chrome, Edge, Firefox oder Safari.";
  }
}
