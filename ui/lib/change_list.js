/**
 * Changes on screen: the summary, and the list of objects, fields and reasons.
 *
 * @module
 */
import { signal, useSignal } from "@preact/signals";
import { useMemo } from "preact/hooks";
import { changeRows, changeSummary } from "./changes.js";
import { html } from "./h.js";
import { useKeys } from "./keys.js";
import { Text, useColumns } from "./lines.js";
import { List } from "./list.js";
import { say } from "./live.js";
import { field, setFields } from "./router.js";
import { Empty, Mark } from "./states.js";
import { linesOf } from "./text_rows.js";

/**
 * @import { ChangeReport } from "../../engine/kube/explain/mod.ts"
 * @import { ChangeRow, Chip } from "./changes.js"
 * @import { Control } from "./list.js"
 * @import { Children } from "./h.js"
 */

/** True where reasons have no room beside the path. */
const narrow = signal(false);
const isNarrow = matchMedia("(max-width: 50rem)");
narrow.value = isNarrow.matches;
isNarrow.addEventListener("change", ({ matches }) => narrow.value = matches);

/** Long values of changes go on below; `w` changes it. */
const wrapsValues = signal(true);

/** Keys of a page that shows changes. */
export const CHANGE_HINTS =
  /** @type {const} */ ([["n p", "next, previous change"], ["t", "text"], ["w", "wrap"], ["y", "copy command"]]);

/**
 * A report of changes. `?view=text` shows unified differences.
 *
 * @param {{ report: ChangeReport, texts?: readonly string[] | undefined, label: string, tools?: Children }} props
 */
export function Changes({ report, texts, label, tools }) {
  const isText = field("view") === "text";
  const toggle = () => setFields({ view: isText ? undefined : "text" });
  useKeys({ t: toggle });
  const view = html`
    <span class="views">
      <button type="button" class="quiet" aria-pressed=${!isText} onClick=${() => isText && toggle()}>by object</button>
      <button type="button" class="quiet" aria-pressed=${isText} onClick=${() => isText || toggle()}>text</button>
    </span>
  `;
  const isEmpty = report.objects.length + report.hooks.length + report.risks.length === 0;
  const sum = changeSummary(report);
  return html`<p class="change-head"><span class="change-sum">${!isEmpty && sum}</span>${tools}${!isEmpty && view}</p>
    ${
    isEmpty
      ? html`<${Empty} title=${sum} />`
      : isText
      ? html`<${Unified} report=${report} texts=${texts} label=${label} />`
      : html`<${Objects} report=${report} label=${label} />`
  }`;
}

/** @param {{ report: ChangeReport, label: string }} props */
function Objects({ report, label }) {
  const columns = useColumns().value;
  const rows = useMemo(
    () => changeRows(report, { columns: wrapsValues.value ? columns : 0, chipsBelow: narrow.value }),
    [report, columns, narrow.value, wrapsValues.value],
  );
  const active = useSignal(-1);
  const control = useMemo(() => /** @type {Control} */ ({}), []);
  const stops = useMemo(() => rows.flatMap((row, at) => isStop(row) ? [at] : []), [rows]);
  /** @param {number | undefined} at */
  const to = (at) => {
    if (at === undefined) return;
    control.go?.(at);
    say(`change ${stops.indexOf(at) + 1} of ${stops.length}`);
  };
  useKeys({
    n: () => to(stops.find((at) => at > active.peek()) ?? stops.at(-1)),
    p: () => to(stops.findLast((at) => at < active.peek()) ?? stops[0]),
    w: () => void (wrapsValues.value = !wrapsValues.value),
  });
  return html`
    <${List} class="changes" label=${label} items=${rows} cells=${changeCells} rowClass=${rowClass}
      active=${active}
      control=${control} stops=${isSeen} />
  `;
}

/** @param {ChangeRow} row */
const isSeen = ({ kind }) => kind !== "gap";

/** True for the rows that `n` goes to: each field, and each object that has none. @param {ChangeRow} row */
function isStop(row) {
  return row.kind === "field" && !row.isRest || row.kind === "hook" || row.kind === "risk" && !row.isRest ||
    row.kind === "object" && row.object.changes.every(({ path }) => path === "");
}

/** @type {Readonly<Record<string, string>>} */
const SIGN_CLASSES = { "+": "plus", "−": "minus", "!": "drifted", "~": "moved", "=": "same" };

const RISK_MARKS = { danger: "failed", warn: "warn", note: "note" };

/** @param {ChangeRow} row */
function rowClass(row) {
  const sign = "sign" in row ? SIGN_CLASSES[row.sign[0] ?? ""] ?? "" : "";
  return `c-${row.kind} ${sign}${row.kind === "risk" ? ` ${row.risk.level}` : ""}${"isRest" in row ? " rest" : ""}`;
}

/** @param {ChangeRow} row */
function changeCells(row) {
  switch (row.kind) {
    case "risk":
      return html`<div role="cell" class="c-line">${
        row.isRest ? null : html`
          <${Mark} of=${RISK_MARKS[row.risk.level]} />
          <b>${row.risk.level === "danger" ? "DANGER" : row.risk.level} ${row.risk.code}</b>
        `
      }<span>${row.text}</span></div>`;
    case "object":
      return html`
        <div role="cell"
          class="c-line"><span class="sign">${row.sign}</span> <b>${row.name}</b> <span class="c-note">${row
            .note}</span></div>
      `;
    case "field":
      return html`<div role="cell" class="c-line"><code>${row.path}</code>${chips(row.chips)}</div>`;
    case "chips":
      return html`<div role="cell" class="c-line">${chips(row.chips)}</div>`;
    case "value":
      return html`<div role="cell" class="c-line"><code><span class="sign">${
        row.isRest ? "" : row.sign
      }</span> ${row.text}</code></div>`;
    case "hook":
      return html`
        <div role="cell"
          class="c-line"><span class="sign">›</span> <b>${row.name}</b> <span class="c-note">${row.event} hook, ${row
            .note}</span></div>
      `;
    default:
      return html`<div role="cell" class="c-line"></div>`;
  }
}

/** @param {readonly Chip[]} list */
function chips(list) {
  return list.map(({ cause, text }) => html`<span key=${text} class=${`chip ${cause}`} title=${text}>${text}</span>`);
}

/** @param {{ report: ChangeReport, texts: readonly string[] | undefined, label: string }} props */
function Unified({ report, texts, label }) {
  const text = useMemo(() =>
    report.objects.flatMap(({ id }, at) => {
      const lines = linesOf(texts?.[at] ?? "");
      return lines.length === 0 ? [] : [`${at > 0 ? "\n" : ""}@@ ${id.kind}/${id.name}`, ...lines];
    }).join("\n"), [report, texts]);
  return texts === undefined
    ? html`<${Empty} title="There is no text of these changes" />`
    : html`<${Text} label=${label} text=${text} unified=${true} />`;
}
