/**
 * The frame of every page: navigation above, the command that shows the same below.
 *
 * @module
 */
import { useEffect, useRef } from "preact/hooks";
import { ROUTES } from "../routes.js";
import { CommandButton } from "./command.js";
import { connection, startEvents } from "./events.js";
import { html } from "./h.js";
import { useKeys } from "./keys.js";
import { LatePage } from "./late_page.js";
import { seen, spoken } from "./live.js";
import { ReleaseFrame } from "./release_frame.js";
import { go, matched, place } from "./router.js";
import { session } from "./session.js";
import { Mark } from "./states.js";
import { commandLine, contexts, currentContext, pageContext, pageHints, useContexts, useMe } from "./store.js";
import { nextTheme, theme } from "./theme.js";

/** The frame, or why there is no session. */
export function Frame() {
  const state = session.value;
  return html`
    <a class="skip" href="#main">Skip to the content</a>
    ${state === "open" ? html`<${Open} />` : state === "none" ? html`<${NoSession} />` : null}
    <p class="spoken" role="status" aria-live="polite">${spoken.value}</p>
    ${seen.value !== "" && html`<p class="seen" aria-hidden="true">${seen.value}</p>`}
  `;
}

function Open() {
  useContexts();
  useMe(pageContext.value || currentContext.value);
  useEffect(startEvents, []);
  useKeys({
    "g f": () => go("/"),
    "g d": () => ROUTES.some(({ pattern }) => pattern === "/doctor") ? go("/doctor") : false,
    "?": () => go("/help"),
    Escape: leave,
  });
  return html`
    <${Bar} />
    <main id="main" tabindex="-1">
      <${Page} />
    </main>
    <${Foot} />
  `;
}

/** Leaves a field; outside of one, goes up. */
function leave() {
  const { activeElement } = document;
  if (
    activeElement instanceof HTMLInputElement || activeElement instanceof HTMLTextAreaElement ||
    activeElement instanceof HTMLSelectElement
  ) {
    activeElement.blur();
    return;
  }
  const { path } = place.peek();
  if (path === "/") return false;
  go(above(path));
}

/** Returns the address above a path: of a tab the release, of a release the fleet. @param {string} path */
function above(path) {
  const parts = path.split("/").slice(1);
  return parts[0] === "r" && parts.length > 4 ? `/${parts.slice(0, 4).join("/")}` : "/";
}

function Bar() {
  const { path } = place.value;
  const me = useMe(pageContext.value || currentContext.value).data.value;
  const count = pageContext.value === "" ? contexts.value?.length ?? 1 : 1;
  const where = count > 1 ? `${count} contexts` : me === undefined ? "" : me.sandbox ? "sandbox" : me.ctx;
  return html`
    <header class="bar">
      <a class="name" href="/">skeg</a>
      <nav aria-label="Pages">
          ${ROUTES.flatMap(({ nav, pattern }) =>
            nav === undefined ? [] : [
              html`<a key=${pattern} href=${pattern} aria-current=${
                isUnder(path, pattern) ? "page" : undefined
              }>${nav}</a>`,
            ]
          )}
        </nav>
      <span class="bar-end">
          <${Connection} />
          ${where !== "" &&
            html`<span class="where" title=${me?.server ?? ""}>${where}${me?.allowWrite ? "" : ", read-only"}</span>`}
          <button type="button" class="quiet" aria-label=${`Theme: ${theme.value}`} title="Theme" onClick=${nextTheme}>${theme
            .value}</button>
          <a class="help" href="/help" aria-label="Help and keys" title="Help and keys" aria-current=${path === "/help"
            ? "page"
            : undefined}>?</a>
        </span>
    </header>
  `;
}

/** Releases belong to the fleet. @param {string} path @param {string} pattern */
function isUnder(path, pattern) {
  return pattern === "/" ? path === "/" || path.startsWith("/r/") : path === pattern || path.startsWith(`${pattern}/`);
}

function Connection() {
  if (connection.value !== "lost") return null;
  return html`<span class="state failed" role="status"><${Mark} of="failed" /><span>skeg does not answer</span></span>`;
}

/** The page that the address names. */
function Page() {
  const { path } = place.value;
  const at = ROUTES.map((route) => ({ route, params: matched(route.pattern, path) }))
    .find(({ params }) => params !== undefined);
  const isFirst = useRef(true);
  useEffect(() => {
    // The focus goes to the new page, as it does when a browser loads a document.
    if (!isFirst.current) document.getElementById("main")?.focus({ preventScroll: true });
    isFirst.current = false;
  }, [path]);
  if (at === undefined) {
    return html`
      <div class="page prose">
        <h1>There is no such page</h1>
        <p>${path}</p>
        <p><a href="/">The fleet</a> has all releases.</p>
      </div>
    `;
  }
  const { route, params = {} } = at;
  if (route.tab === undefined && route.under === undefined) {
    return html`<${LatePage} route=${route} params=${params} />`;
  }
  return html`<${ReleaseFrame} route=${route} params=${params}>${(/** @type {any} */ release) =>
    html`<${LatePage} key=${path} route=${route} params=${params} release=${release} />`}<//>`;
}

function Foot() {
  return html`
    <footer class="foot">
      <${CommandButton} />
      <code class="foot-command" title=${commandLine.value}>${commandLine.value}</code>
      <span class="hints" aria-hidden="true">${pageHints.value.map(([keys, does]) =>
        html`<span key=${keys}><kbd>${keys}</kbd> ${does}</span>`
      )}</span>
    </footer>
  `;
}

function NoSession() {
  return html`
    <main id="main" class="alone" tabindex="-1">
      <h1>This tab has no session</h1>
      <p>The link that skeg prints works once, and for 60 seconds.</p>
      <p>Press <kbd>o</kbd> in the terminal where <code>skeg ui</code> runs to get a new one. If it has ended, start it again.</p>
    </main>
  `;
}
