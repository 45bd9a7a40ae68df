/**
 * Page "resources": the objects of a release in the cluster as a tree, and a pane for the chosen one.
 *
 * @module
 */
import { useSignal } from "@preact/signals";
import { useCallback, useMemo } from "preact/hooks";
import { apiPath } from "../lib/api.js";
import { useData } from "../lib/data.js";
import { useObjects } from "../lib/events.js";
import { html } from "../lib/h.js";
import { healthOf } from "../lib/health.js";
import { isField, useKeys } from "../lib/keys.js";
import { List } from "../lib/list.js";
import { field, link, setFields } from "../lib/router.js";
import { counted } from "../lib/shown.js";
import { Age, Empty, Failure, Mark, Read, State } from "../lib/states.js";
import { usePage, word } from "../lib/store.js";
import { Time } from "../lib/time.js";
import { driftById, parseNodeId, treeRows } from "../lib/tree.js";
import { ObjectPane } from "./object_pane.js";

/**
 * @import { ResourcesAnswer } from "../../app/ui/types.ts"
 * @import { Data } from "../lib/data.js"
 * @import { TreeRow } from "../lib/tree.js"
 */

const COLUMNS = [
  { id: "object", label: "Object" },
  { id: "state-cell", label: "State" },
  { id: "reason", label: "Reason" },
  { id: "restarts numeric", label: "Restarts", hint: "Restarts of containers" },
  { id: "created", label: "Age" },
  { id: "drift", label: "Drift", hint: "The live object differs from the record" },
];

/**
 * A row of the list: an object, or the heading of a part.
 *
 * @typedef {TreeRow | { readonly id: string, readonly heading: string }} ListRow
 */

/** @param {import("../routes.js").PageProps} props */
export default function Resources({ params, release }) {
  const { ctx = "", ns = "", name = "" } = params;
  usePage({
    title: `${name}: resources`,
    command: `status ${word(name)}`,
    ctx,
    hints: [["j k", "move"], ["enter", "open"], ["← →", "fold, unfold"], ["Esc", "close"]],
  });
  const parts = ["releases", ctx, name, "resources"];
  const revision = release?.revision;
  const plain = /** @type {Data<ResourcesAnswer>} */ (useData(apiPath(parts, { revision })));
  useObjects(
    plain.data.value && { ctx, release: name, revision },
    (answer) => {
      plain.take(answer);
      // The line above the tabs says the same, of the newest revision.
      if (answer && revision === release?.newest) healthOf(ctx, name).value = { ctx, name, ...answer.health };
    },
  );
  // Drift costs one more reading of every object, so the tree does not wait for it.
  const withDrift = /** @type {Data<ResourcesAnswer>} */ (useData(
    plain.data.value && apiPath(parts, { revision, drift: 1 }),
  ));
  const chosen = parseNodeId(field("object"));
  useKeys({
    Escape: ({ target }) => isField(target) || field("object") === "" ? false : setFields({ object: "", view: "" }),
  });
  return html`
    <h2 class="spoken">Resources</h2>
    <div class=${chosen === undefined ? "with-pane" : "with-pane open"}>
      <div class="main-pane">
        <${Read} of=${plain} what=${`the objects of ${name}`}>${(/** @type {ResourcesAnswer} */ answer) =>
          html`
            <${Tree} answer=${answer} drift=${withDrift.data.value}
              isComparing=${!withDrift.data.value && !withDrift.error.value} at=${plain} pod=${(
                /** @type {TreeRow} */ { node },
              ) => link(["r", ctx, ns, name, "pod", node.namespace, node.name])} />
          `}<//>
        </div>
        ${chosen && html`
          <${ObjectPane} key=${field("object")} ctx=${ctx} ns=${ns} name=${name}
            revision=${revision} object=${chosen} />
        `}
      </div>
  `;
}

/**
 * @param {{ answer: ResourcesAnswer, drift: ResourcesAnswer | undefined, isComparing: boolean, at: Data<any>,
 *   pod: (row: TreeRow) => string }} props
 */
function Tree({ answer, drift, isComparing, at, pod }) {
  const folded = useSignal(/** @type {ReadonlySet<string>} */ (new Set()));
  const active = useSignal(-1);
  const known = useMemo(() => driftById(drift?.objects ?? []), [drift]);
  const rows = useMemo(() => rowsOf(answer, folded.value), [answer, folded.value]);
  /** @param {string} id */
  const fold = (id) => {
    const next = new Set(folded.peek());
    if (!next.delete(id)) next.add(id);
    folded.value = next;
  };
  const cells = useCallback(
    (/** @type {ListRow} */ row) =>
      "heading" in row ? headingCells(row.heading) : objectCells(row, {
        isFolded: folded.value.has(row.id),
        fold,
        drift: known.get(row.id),
        pod,
      }),
    [known, folded.value],
  );
  /** @param {boolean} isFolded */
  const foldActive = (isFolded) => {
    const row = rows[active.peek()];
    if (row === undefined || "heading" in row || !row.hasOwned || folded.peek().has(row.id) === isFolded) return false;
    fold(row.id);
  };
  useKeys({ ArrowLeft: () => foldActive(true), ArrowRight: () => foldActive(false) });
  if (rows.length === 0) return html`<${Empty} title="This release has no objects" />`;
  return html`
    <p class="summary">
      <span>${counted(answer.objects.length, "object")}, revision ${answer.revision}</span>
      <${State} state=${answer.health.state}>${answer.health.words}<//>
          <span aria-busy=${isComparing}>${driftWords(drift, isComparing)}</span>
          <${Age} of=${at} />
        </p>
        ${answer.errors.map((error) => html`<${Failure} error=${error} title="Some objects could not be read" />`)}
        <${List} class="tree" label="Objects" columns=${COLUMNS} items=${rows} cells=${cells} active=${active}
          rowClass=${rowClass} stops=${(/** @type {ListRow} */ row) => !("heading" in row)}
          open=${(/** @type {ListRow} */ row) =>
            "heading" in row || setFields({ object: row.id, view: field("view") })} />
  `;
}

/** @param {ResourcesAnswer | undefined} drift @param {boolean} isComparing */
function driftWords(drift, isComparing) {
  if (drift === undefined) return isComparing ? "looking for drift…" : "drift is not known";
  const count = drift.objects.filter((object) => object.drift === true).length;
  return count === 0 ? "no drift" : `${counted(count, "object")} with drift`;
}

/**
 * @param {ResourcesAnswer} answer
 * @param {ReadonlySet<string>} folded
 * @returns {ListRow[]}
 */
function rowsOf({ objects, hooks }, folded) {
  const own = treeRows(objects, folded);
  return hooks.length === 0 ? own : [...own, { id: "hooks", heading: "Hooks" }, ...treeRows(hooks, folded)];
}

/** @param {ListRow} row */
function rowClass(row) {
  if ("heading" in row) return "heading-row";
  return field("object") === row.id ? "chosen" : undefined;
}

/** @param {string} text */
function headingCells(text) {
  return html`<div role="cell" class="object heading-cell">${text}</div>`;
}

/**
 * @param {TreeRow} row
 * @param {{ isFolded: boolean, fold: (id: string) => void, drift: boolean | undefined, pod: (row: TreeRow) => string }} more
 */
function objectCells(row, { isFolded, fold, drift, pod }) {
  const { node, depth, hasOwned, id } = row;
  const isPod = node.gvk === "v1/Pod" && node.state !== "missing";
  return html`
    <div role="rowheader"
      class="object"><span class=${`indent indent-${Math.min(depth, 6)}`}></span>${hasOwned
        ? html`
          <button type="button" class="fold" tabindex="-1" aria-expanded=${!isFolded} aria-label=${`Objects that ${node.kind}/${node.name} owns`}
            onClick=${() => fold(id)}><span aria-hidden="true">${isFolded ? "▸" : "▾"}</span></button>
        `
        : html`<span class="fold"></span>`}<a tabindex="-1" href=${isPod
        ? pod(row)
        : link(location.pathname, { object: id })} title=${`${node.kind}/${node.name}`}><span
          class="kind">${node.kind}/</span>${node.name}</a>${node.events && html`
            <span class="aside">${node.events.join(", ")}</span>
          `}</div>
    <div role="cell" class="state-cell">
      <${State} state=${node.state} />
    </div>
    <div role="cell" class="reason" title=${node.reason}>${node.reason}</div>
    <div role="cell" class="restarts numeric">${node.restarts === null || node.restarts === 0
      ? ""
      : node.restarts}</div>
    <div role="cell" class="created">${node.created === null ? "" : html`<${Time} at=${node.created} />`}</div>
    <div role="cell" class="drift">${drift === true &&
      html`<span class="state warn"><${Mark} of="warn" /><span>drift</span></span>`}</div>
  `;
}
