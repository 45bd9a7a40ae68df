/**
 * Page "activity": what the program did and saw, and what this tab did.
 *
 * @module
 */
import { useSignal } from "@preact/signals";
import { useCallback, useMemo } from "preact/hooks";
import { activity } from "../lib/activity.js";
import { apiPath } from "../lib/api.js";
import { useData } from "../lib/data.js";
import { useEvents } from "../lib/events.js";
import { html } from "../lib/h.js";
import { List } from "../lib/list.js";
import { field, setFields } from "../lib/router.js";
import { counted } from "../lib/shown.js";
import { Age, Empty, Mark, Read } from "../lib/states.js";
import { usePage } from "../lib/store.js";
import { exact } from "../lib/time.js";

/** @import { ActivityAnswer, ActivityEntry } from "../../app/ui/types.ts" */

const COLUMNS = [
  { id: "time", label: "Time" },
  { id: "kind", label: "Kind" },
  { id: "what", label: "What" },
  { id: "took numeric", label: "Took" },
];

/** The most entries of the stream that are added to those that were read. */
const NEW_MAX = 1000;

/**
 * A row.
 *
 * @typedef {object} Shown
 * @property {number} at Unix seconds.
 * @property {string} kind
 * @property {string} text
 * @property {number | null} ms
 * @property {boolean} isBad
 */

export default function Activity() {
  usePage({ title: "Activity", hints: [["j k", "move"], ["g f", "fleet"]] });
  const data = useData(apiPath(["activity"]));
  const fresh = useSignal(/** @type {readonly ActivityEntry[]} */ ([]));
  useEvents((line) => {
    if (line.topic === "activity") fresh.value = [line.entry, ...fresh.peek()].slice(0, NEW_MAX);
  }, []);
  const onlyBad = field("only") === "failed";
  return html`
    <div class="page activity-page">
      <header class="page-head">
        <h1>Activity</h1>
        <button type="button" class="quiet" aria-pressed=${onlyBad} onClick=${() =>
          setFields({ only: onlyBad ? "" : "failed" })}>only failed</button>
        <${Age} of=${data} />
      </header>
      <${Read} of=${data} what="the activity">${(/** @type {ActivityAnswer} */ answer) =>
        html`<${Entries} answer=${answer} fresh=${fresh.value} onlyBad=${onlyBad} />`}<//></div>
  `;
}

/** @param {{ answer: ActivityAnswer, fresh: readonly ActivityEntry[], onlyBad: boolean }} props */
function Entries({ answer, fresh, onlyBad }) {
  const own = activity.value;
  const items = useMemo(() => {
    const known = new Map([...answer.entries, ...fresh].map((entry) => [entry.id, entry]));
    /** @type {Shown[]} */
    const rows = [...known.values()].map(({ at, kind, ctx, text, ms, ok }) => ({
      at,
      kind,
      text: ctx === "" ? text : `${ctx}: ${text}`,
      ms,
      isBad: !ok,
    }));
    for (const { at, kind, text, detail, bad } of own) {
      rows.push({
        at: at / 1000,
        kind: `tab: ${kind}`,
        text: detail ? `${text}: ${detail}` : text,
        ms: null,
        isBad: bad === true,
      });
    }
    return rows.filter(({ isBad }) => !onlyBad || isBad).sort((a, b) => b.at - a.at);
  }, [answer, fresh, own, onlyBad]);
  const cells = useCallback(entryCells, []);
  return html`<p class="summary"><span>${
    counted(answer.requests, "request")
  } to clusters, ${answer.running} waiting for an answer</span></p>
    ${
    items.length === 0
      ? html`<${Empty} title=${onlyBad ? "Nothing has failed" : "No request has failed, and no operation ran"} />`
      : html`
        <${List} class="activity" label="Activity" columns=${COLUMNS} items=${items} cells=${cells}
          rowClass=${(/** @type {Shown} */ { isBad }) => isBad && "bad"} />
      `
  }`;
}

/** @param {Shown} entry */
function entryCells({ at, kind, text, ms, isBad }) {
  return html`
    <div role="rowheader" class="time">${exact(at).slice(11)}</div>
    <div role="cell" class="kind">${kind}</div>
    <div role="cell" class="what" title=${text}>${isBad && html`
      <span class="state failed"><${Mark} of="failed" /><span>failed</span></span>
    `}${text}</div>
    <div role="cell" class="took numeric">${ms === null ? "" : `${Math.round(ms)} ms`}</div>
  `;
}
