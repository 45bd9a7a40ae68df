/**
 * Page "values": every value that templates saw, where it comes from, and what reads it.
 *
 * @module
 */
import { useSignal } from "@preact/signals";
import { useCallback, useMemo, useRef } from "preact/hooks";
import { apiPath, ask } from "../lib/api.js";
import { useData } from "../lib/data.js";
import { classes, html } from "../lib/h.js";
import { isField, useKeys } from "../lib/keys.js";
import { Text } from "../lib/lines.js";
import { List } from "../lib/list.js";
import { tell } from "../lib/live.js";
import { field, setFields } from "../lib/router.js";
import { counted, cut, grouped } from "../lib/shown.js";
import { Empty, Read } from "../lib/states.js";
import { useMe, usePage, word } from "../lib/store.js";

/**
 * @import { RevealAnswer, ValueLeaf, ValuesAnswer, ValueUsesAnswer } from "../../app/ui/types.ts"
 * @import { PageProps } from "../routes.js"
 */

const COLUMNS = [
  { id: "path", label: "Value" },
  { id: "value-cell", label: "Is" },
  { id: "from", label: "From" },
];

/** @type {readonly (readonly [view: string, label: string, hint: string])[]} */
const VIEWS = [
  ["", "each value", "Every value with its origin"],
  ["user", "given", "The user's values, as they were recorded"],
  ["computed", "computed", "The values that templates saw"],
  ["defaults", "defaults", "The chart's values.yaml"],
];

/** @param {PageProps} props */
export default function Values({ params, release }) {
  const { ctx = "", name = "" } = params;
  const revision = release?.revision;
  const view = field("view");
  usePage({
    title: `${name}: values`,
    command: `get values ${word(name)}${view === "user" ? "" : " --all"}${
      field("rev") === "" ? "" : ` --revision ${word(field("rev"))}`
    }`,
    ctx,
    hints: [["/", "filter"], ["j k", "move"], ["enter", "what reads it"], ["[ ]", "revision"]],
  });
  const root = ["releases", ctx, name, "revisions", revision ?? 0];
  const data = useData(revision === undefined ? undefined : apiPath([...root, "values"]));
  return html`
    <h2 class="spoken">Values</h2>
    <div class="views" role="group" aria-label="Views of the values">${VIEWS.map(([id, label, hint]) =>
      html`<button type="button" class="quiet" aria-pressed=${view === id} title=${hint} onClick=${() =>
        setFields({ view: id, value: "" })}>${label}</button>`
    )}</div>
    <${Read} of=${data} what=${`the values of ${name}`}>${(/** @type {ValuesAnswer} */ answer) => {
      if (view === "user" || view === "computed" || view === "defaults") {
        const text = answer[view];
        return text.trim() === "" || text.trim() === "{}"
          ? html`<${Empty} title=${view === "user" ? "The user gave no values" : "There are no values"} />`
          : html`<${Text} key=${view} label=${view} text=${text} yaml />`;
      }
      return html`<${Leaves} leaves=${answer.leaves} root=${root} ctx=${ctx} name=${name} revision=${revision ?? 0} />`;
    }}<//>
  `;
}

/**
 * @param {{ leaves: readonly ValueLeaf[], root: readonly (string | number)[], ctx: string, name: string, revision: number }} props
 */
function Leaves({ leaves, root, ctx, name, revision }) {
  const filter = useSignal("");
  const onlyUser = field("only") === "given";
  const input = useRef(/** @type {HTMLInputElement | null} */ (null));
  const items = useMemo(() => matching(leaves, filter.value, onlyUser), [leaves, filter.value, onlyUser]);
  const cells = useCallback(leafCells, []);
  const chosen = leaves.find(({ path }) => path === field("value"));
  const given = leaves.filter(({ source }) => source === "user").length;
  const dead = leaves.filter((leaf) => leaf.dead === true).length;
  useKeys({
    "/": () => input.current?.select(),
    Escape: ({ target }) => isField(target) || field("value") === "" ? false : setFields({ value: "" }),
  });
  if (leaves.length === 0) return html`<${Empty} title="This chart has no values" />`;
  return html`
    <div class="text-tools">
      <input type="search" ref=${input} aria-label="Filter the values" placeholder="filter" autocomplete="off"
        spellcheck=${false}
        value=${filter.value} onInput=${(/** @type {any} */ { target }) => filter.value = target.value} />
      <button type="button" class="quiet" aria-pressed=${onlyUser} onClick=${() =>
        setFields({ only: onlyUser ? "" : "given" })}>only given</button>
      <span class="found" role="status">${items.length === leaves.length
        ? counted(leaves.length, "value")
        : `${grouped(items.length)} of ${counted(leaves.length, "value")}`}, ${grouped(given)} given${dead > 0 &&
        `, ${grouped(dead)} not read by any template`}</span>
    </div>
    <div class=${chosen === undefined ? "with-pane" : "with-pane open"}>
          <div class="main-pane">
            <${List} class="leaves" label="Values" columns=${COLUMNS} items=${items} cells=${cells} rowClass=${rowClass}
              open=${(/** @type {ValueLeaf} */ { path }) => setFields({ value: path })} />
          </div>
          ${chosen &&
            html`<${Uses} key=${chosen.path} leaf=${chosen} root=${root} ctx=${ctx} name=${name} revision=${revision} />`}
        </div>
  `;
}

/**
 * @param {readonly ValueLeaf[]} leaves
 * @param {string} filter
 * @param {boolean} onlyUser
 */
function matching(leaves, filter, onlyUser) {
  const wanted = filter.toLowerCase();
  return leaves.filter(({ path, value, source }) =>
    (!onlyUser || source === "user") &&
    (wanted === "" || path.toLowerCase().includes(wanted) || value.toLowerCase().includes(wanted))
  );
}

/** @param {ValueLeaf} leaf */
function rowClass({ path, dead, source }) {
  return classes(dead === true && "dead", source === "user" && "given", field("value") === path && "chosen");
}

/** @param {ValueLeaf} leaf */
function leafCells({ path, value, from, dead }) {
  return html`
    <div role="rowheader" class="path" title=${path}>${path}</div>
    <div role="cell" class="value-cell"><code class="value" title=${cut(value, 500)}>${cut(value, 500)}</code></div>
    <div role="cell" class="from" title=${from}><span>${from}</span>${dead === true && html`
      <span class="chip" title="No template reads it">not read</span>
    `}</div>
  `;
}

/**
 * The fields that a value decides.
 *
 * @param {{ leaf: ValueLeaf, root: readonly (string | number)[], ctx: string, name: string, revision: number }} props
 */
function Uses({ leaf, root, ctx, name, revision }) {
  const data = useData(apiPath([...root, "origins"], { value: leaf.path }));
  return html`
    <aside class="pane" aria-label=${leaf.path}>
      <div class="pane-head"><h3 class="pane-title">${leaf.path}</h3>
          <button type="button" class="quiet" onClick=${() => setFields({ value: "" })}>close</button></div>
      <dl class="about">
        <div>
          <dt>Is</dt>
          <dd>
            <${LeafValue} leaf=${leaf} ctx=${ctx} name=${name} revision=${revision} />
          </dd>
        </div>
        <div>
          <dt>From</dt>
          <dd>${leaf.from}</dd>
        </div>
        <div>
          <dt>As a flag</dt>
          <dd><code>--set ${word(`${leaf.path}=`)}</code></dd>
        </div>
      </dl>
      <h3>Fields that depend on it</h3>
      <${Read} of=${data} what="the fields that depend on it">${(/** @type {ValueUsesAnswer} */ { uses }) =>
        uses.length === 0
          ? html`<${Empty} title="No field depends on it">${
            leaf.dead === true
              ? "No template of the chart reads this value."
              : "A template reads it, and no field comes from it at this revision."
          }<//>`
          : html`<ul class="uses">${
            uses.map(({ object, path, isCondition }) =>
              html`<li><span class="object">${object}</span> <code>${path || "the whole object"}</code>${
                isCondition && html`
                  <span class="chip">decides whether it is there</span>
                `
              }</li>`
            )
          }</ul>`}<//>
      </aside>
  `;
}

/** @param {{ leaf: ValueLeaf, ctx: string, name: string, revision: number }} props */
function LeafValue({ leaf, ctx, name, revision }) {
  const revealed = useSignal(/** @type {string | undefined} */ (undefined));
  const mayReveal = useMe(ctx).data.value?.allowSecrets === true;
  const reveal = async () => {
    try {
      const body = { ctx, release: name, revision, value: leaf.path };
      const answer = /** @type {RevealAnswer} */ (await ask(apiPath(["secrets", "reveal"]), { method: "POST", body }));
      revealed.value = answer.value;
    } catch (error) {
      tell(error instanceof Error ? error.message : String(error));
    }
  };
  return html`<code class="value">${revealed.value ?? leaf.value}</code>${
    leaf.masked && mayReveal && revealed.value === undefined &&
    html`
      <button type="button" class="quiet" onClick=${reveal}>reveal</button>
    `
  }`;
}
