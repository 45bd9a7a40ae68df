/**
 * The parts of a page for waits, failures and empty lists, and the marks of states.
 *
 * @module
 */
import { useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { age, now } from "./time.js";
import { html } from "./h.js";

/**
 * @import { ApiError } from "./api.js"
 * @import { Data } from "./data.js"
 * @import { Children } from "./h.js"
 */

/** Data older than this says its age, in seconds. */
const OLD_SECONDS = 60;

/** A wait that is longer says so, in milliseconds. */
const LONG_MS = 10_000;

/**
 * A wait: says what for. It is seen after a moment only, so that quick answers do not flicker.
 *
 * @param {{ what: string }} props Such as `the revisions of web`.
 */
export function Waiting({ what }) {
  const isLong = useIsLong(true);
  const more = isLong && " There is no answer yet: the cluster is slow, or cannot be reached.";
  return html`<p class="waiting" role="status">Reading ${what}…${more}</p>`;
}

/** True when something has lasted for long. @param {boolean} lasts */
function useIsLong(lasts) {
  const isLong = useSignal(false);
  useEffect(() => {
    isLong.value = false;
    if (!lasts) return;
    const timer = setTimeout(() => isLong.value = true, LONG_MS);
    return () => clearTimeout(timer);
  }, [lasts]);
  return isLong.value;
}

/**
 * A failure: what failed, what was found, and what to do.
 *
 * @param {{ error: { message: string, hint?: string | undefined }, retry?: (() => void) | undefined, title?: string }} props
 */
export function Failure({ error, retry, title = "This could not be read" }) {
  return html`<div class="failure" role="alert">
    <p class="failure-title"><${Mark} of="failed" /> ${title}</p>
    ${error.message.split("\n").map((line) => html`<p class="failure-text">${line}</p>`)}
    ${error.hint && html`<p class="failure-hint">${error.hint}</p>`}
    ${retry && html`<p><button type="button" onClick=${retry}>Try again</button></p>`}
  </div>`;
}

/**
 * Nothing to show.
 *
 * @param {{ title: string, children?: Children }} props
 */
export function Empty({ title, children }) {
  return html`<div class="empty"><p class="empty-title">${title}</p>${children && html`<p>${children}</p>`}</div>`;
}

/**
 * Data, or why there is none yet.
 *
 * @template T
 * @param {{ of: Data<T>, what: string, children: (data: T) => Children }} props `what`: as in {@link Waiting}.
 */
export function Read({ of, what, children }) {
  const [data, error] = [of.data.value, of.error.value];
  const retry = () => void of.reload();
  if (data === undefined) {
    return error === undefined
      ? html`<${Waiting} what=${what} />`
      : html`<${Failure} error=${error} retry=${retry} title=${`Cannot read ${what}`} />`;
  }
  return html`${error && html`<${Failure} error=${error} retry=${retry} title=${`Cannot read ${what} again`} />`}
    ${children(data)}`;
}

/**
 * The age of data, with a button that reads it again.
 *
 * @param {{ of: Data<any>, whenOld?: boolean }} props `whenOld`: nothing is shown while the data is young.
 */
export function Age({ of, whenOld = false }) {
  const [at, loading] = [of.at.value, of.loading.value];
  const isLong = useIsLong(loading);
  if (at === 0) return null;
  const seconds = Math.max(0, now.value - at / 1000);
  if (whenOld && !loading && seconds < OLD_SECONDS) return null;
  return html`
    <button type="button" class="quiet age" disabled=${loading} onClick=${() => void of.reload({ fresh: true })}
      title="Read again">${loading
        ? isLong ? "reading… no answer yet" : "reading…"
        : seconds < OLD_SECONDS
        ? "read now"
        : `read ${age(seconds)} ago`}</button>
  `;
}

/** @type {Readonly<Record<string, string>>} Paths in a square of 12. */
const MARKS = {
  good: "M2.5 6.5 5 9l4.5-6",
  failed: "M3 3l6 6M9 3 3 9",
  progress: "M6 2a4 4 0 1 0 4 4",
  gone: "M2.5 6h7",
  old: "M6 2.5a3.5 3.5 0 1 0 0 7 3.5 3.5 0 1 0 0-7",
  unknown: "M4 4.5a2 2 0 1 1 2.7 1.9Q6 6.7 6 7.5M6 9.7v.1",
  warn: "M6 2v5M6 9.7v.1",
  note: "M6 5.5v4M6 2.6v.1",
};

/**
 * A mark: says by its shape what its colour says. The word stands beside it, so it has no name.
 *
 * @param {{ of: string }} props One of `good`, `failed`, `progress`, `gone`, `old`, `unknown`, `warn`, `note`.
 */
export function Mark({ of }) {
  return html`
    <svg class=${`mark ${of}`} viewBox="0 0 12 12" width="12" height="12" aria-hidden="true">
      <path d=${MARKS[of] ?? MARKS["unknown"]} />
    </svg>
  `;
}

/** @type {Readonly<Record<string, string>>} */
const STATUSES = {
  DEPLOYED: "good",
  FAILED: "failed",
  SUPERSEDED: "old",
  DELETED: "gone",
  DELETING: "progress",
  PENDING: "progress",
};

/**
 * The status of a revision: mark and word.
 *
 * @param {{ status: string }} props Such as `DEPLOYED`.
 */
export function Status({ status }) {
  const mark = STATUSES[status.split("_")[0] ?? ""] ?? "unknown";
  return html`<span class=${`state ${mark}`}>${Mark({ of: mark })}<span>${status}</span></span>`;
}

/** The marks of states, and of findings by their severity. @type {Readonly<Record<string, string>>} */
export const STATES = {
  ready: "good",
  progress: "progress",
  failed: "failed",
  deleting: "progress",
  missing: "failed",
  unknown: "unknown",
  broken: "failed",
  warning: "warn",
  note: "old",
};

/**
 * The state of an object or a release: mark and words.
 *
 * @param {{ state: string, children?: Children }} props `state`: of the API's `UiState`. Without words: the state itself.
 */
export function State({ state, children }) {
  const mark = STATES[state] ?? "unknown";
  return html`<span class=${`state ${mark}`}>${Mark({ of: mark })}<span>${children ?? state}</span></span>`;
}
