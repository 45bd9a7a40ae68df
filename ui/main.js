/**
 * The page of `skeg ui`: takes the start code, then shows what the address names.
 *
 * @module
 */
import { render } from "preact";
import { html } from "./lib/h.js";
import { startKeys } from "./lib/keys.js";
import { startRouter } from "./lib/router.js";
import { startSession } from "./lib/session.js";
import { applyTheme } from "./lib/theme.js";
import { startClock } from "./lib/time.js";
import { Frame } from "./lib/frame.js";

applyTheme();
startRouter();
startKeys();
startClock();
await startSession();
const root = document.getElementById("app");
if (root !== null) render(html`<${Frame} />`, root);
// A page that comes back from the browser's memory shows data that is gone: read again.
addEventListener("pageshow", ({ persisted }) => {
  if (persisted) location.reload();
});
