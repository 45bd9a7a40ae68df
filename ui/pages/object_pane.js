/**
 * The pane beside the tree: one object of a release as it is, as it was recorded, the difference, events and conditions.
 *
 * @module
 */
import { useSignal } from "@preact/signals";
import { useMemo } from "preact/hooks";
import { apiPath, ask } from "../lib/api.js";
import { useData } from "../lib/data.js";
import { html } from "../lib/h.js";
import { Text } from "../lib/lines.js";
import { tell } from "../lib/live.js";
import { field, link, setFields } from "../lib/router.js";
import { counted } from "../lib/shown.js";
import { Empty, Mark, Read, State } from "../lib/states.js";
import { useMe } from "../lib/store.js";
import { Time } from "../lib/time.js";

/**
 * @import { LiveObjectAnswer, RevealAnswer, UiCondition, UiEvent } from "../../app/ui/types.ts"
 * @import { Change } from "../../engine/kube/explain/mod.ts"
 */

/** @type {readonly (readonly [view: string, label: string, count: (answer: LiveObjectAnswer) => number])[]} */
const VIEWS = [
  ["live", "live", () => 0],
  ["record", "record", () => 0],
  ["difference", "difference", ({ changes }) => changes.length],
  ["events", "events", ({ events }) => events.length],
  ["conditions", "conditions", ({ conditions }) => conditions.length],
];

/**
 * @param {{ ctx: string, ns: string, name: string, revision: number | undefined,
 *   object: { gvk: string, namespace: string, name: string } }} props
 */
export function ObjectPane({ ctx, ns, name, revision, object }) {
  const kind = object.gvk.split("/").at(-1) ?? "";
  const data = useData(
    apiPath(["releases", ctx, name, "objects", object.gvk, object.namespace || "-", object.name], { revision }),
  );
  const title = `${kind}/${object.name}`;
  return html`
    <aside class="pane object" aria-label=${title}>
      <div class="pane-head">
          <h3 class="pane-title">${title}</h3>
          ${object.namespace !== "" && html`<span class="aside">${object.namespace}</span>`}
          ${object.gvk === "v1/Pod" &&
            html`<a class="button" href=${link(["r", ctx, ns, name, "pod", object.namespace, object.name])}>log</a>`}
          <button type="button" class="quiet" onClick=${() => setFields({ object: "", view: "" })}>close</button>
        </div>
      <${Read} of=${data} what=${title}>${(/** @type {LiveObjectAnswer} */ answer) =>
        html`<${Views} answer=${answer} />
      ${
          object.gvk === "v1/Secret" && revision !== undefined &&
          html`<${SecretKeys} answer=${answer} ctx=${ctx} release=${name} revision=${revision} />`
        }`}<//>
      </aside>
  `;
}

/** @param {{ answer: LiveObjectAnswer }} props */
function Views({ answer }) {
  const view = field("view") || "live";
  return html`
    <p class="summary"><${State} state=${answer.state} />${answer.reason && html`<span>${answer.reason}</span>`}</p>
    <div class="views" role="group" aria-label="Views of the object">${VIEWS.map(([id, label, count]) => {
      const number = count(answer);
      return html`<button type="button" class="quiet" aria-pressed=${view === id} onClick=${() =>
        setFields({ view: id })}>${label}${
        number > 0 && html`
          <span class="count">${number}</span>
        `
      }</button>`;
    })}</div>
    <${View} answer=${answer} view=${view} />
  `;
}

/** @param {{ answer: LiveObjectAnswer, view: string }} props */
function View({ answer, view }) {
  if (view === "events") return html`<${Events} events=${answer.events} />`;
  if (view === "conditions") return html`<${Conditions} conditions=${answer.conditions} />`;
  if (view === "difference") return html`<${Difference} answer=${answer} />`;
  const text = view === "record" ? answer.record : answer.live;
  if (text !== "") return html`<${Text} key=${view} label=${view} text=${text} yaml />`;
  return view === "record"
    ? html`<${Empty} title="The record does not have this object">A controller of the cluster made it.<//>`
    : html`
      <${Empty}
        title="The cluster does not have this object">The record names it: an upgrade or a rollback creates it again.<//>
    `;
}

/**
 * The keys of a Secret, each with a button that shows its value; only where the program was started with `--allow-secrets`.
 *
 * @param {{ answer: LiveObjectAnswer, ctx: string, release: string, revision: number }} props
 */
function SecretKeys({ answer, ctx, release, revision }) {
  const isAllowed = useMe(ctx).data.value?.allowSecrets === true;
  const shown = useSignal(/** @type {Readonly<Record<string, string>>} */ ({}));
  const keys = useMemo(() => keysOf(answer.live || answer.record), [answer]);
  if (!isAllowed || keys.length === 0) return null;
  /** @param {string} key */
  const reveal = async (key) => {
    const body = {
      ctx,
      release,
      revision,
      secret: answer.name,
      namespace: answer.namespace,
      key,
      live: answer.live !== "",
    };
    try {
      const { value } =
        /** @type {RevealAnswer} */ (await ask(apiPath(["secrets", "reveal"]), { method: "POST", body }));
      shown.value = { ...shown.peek(), [key]: value };
    } catch (error) {
      tell(error instanceof Error ? error.message : String(error));
    }
  };
  return html`
    <h3>Keys</h3>
    <ul class="uses">${keys.map((key) => {
      const value = shown.value[key];
      return html`<li key=${key}><code>${key}</code> ${
        value === undefined
          ? html`<button type="button" class="quiet" onClick=${() => void reveal(key)}>reveal</button>`
          : html`<code class="quoted">${value}</code>`
      }</li>`;
    })}</ul>
  `;
}

/** Returns the keys of `data` in the YAML of a Secret. @param {string} yaml */
function keysOf(yaml) {
  const [, block = ""] = /^data:\n((?: .*(?:\n|$))*)/m.exec(yaml) ?? [];
  return [...block.matchAll(/^ {2}([\w.-]+):/gm)].map(([, key = ""]) => key);
}

/** @param {{ answer: LiveObjectAnswer }} props */
function Difference({ answer }) {
  if (answer.record === "") return html`<${Empty} title="There is no record to compare with" />`;
  if (answer.live === "") return html`<${Empty} title="There is no live object to compare with" />`;
  if (answer.changes.length === 0) return html`<${Empty} title="The live object is as the record says" />`;
  return html`
    <p class="summary">${counted(
      answer.changes.length,
      "field",
    )}: the record has the upper value, the cluster the lower one</p>
    <ul class="fields">${answer.changes.map((change) => html`<${Field} change=${change} />`)}</ul>
  `;
}

/** @param {{ change: Change }} props */
function Field({ change }) {
  return html`<li>
    <code class="path">${change.path}</code>
    <span class="chips">${
    change.cause.map((cause) => html`<span class=${`chip cause-${cause}`}>${cause}</span>`)
  }</span>
    ${change.manager && html`<span class="aside">by ${change.manager}${change.at && ` at ${change.at}`}</span>`}
    <code class="was">${valueText(change.before)}</code>
    <code class="is">${valueText(change.after)}</code>
  </li>`;
}

/** @param {unknown} value */
function valueText(value) {
  if (value === undefined) return "nothing";
  return typeof value === "string" ? value : JSON.stringify(value);
}

/**
 * Events, newest first.
 *
 * @param {{ events: readonly UiEvent[], withObject?: boolean }} props
 */
export function Events({ events, withObject = false }) {
  if (events.length === 0) {
    return html`<${Empty} title="No events">A cluster keeps events for about an hour.<//>`;
  }
  return html`
    <div class="plain-table-box" tabindex="0" role="region" aria-label="Events">
      <table class="plain-table events">
        <thead>
          <tr><th>Last</th><th>Reason</th>${withObject &&
            html`<th>Object</th>`}<th>Message</th><th class="numeric">Count</th></tr>
        </thead>
        <tbody>${events.map((event) =>
          html`<tr>
        <td><${Time} at=${event.last} /></td>
        <td><span class=${event.type === "Warning" ? "state warn" : "state"}>${
            event.type === "Warning" && html`<${Mark} of="warn" />`
          }<span>${event.reason}</span></span></td>
        ${withObject && html`<td>${event.object}</td>`}
        <td class="message">${event.message}</td>
        <td class="numeric">${event.count}</td>
      </tr>`
        )}</tbody>
      </table>
    </div>
  `;
}

/** @param {{ conditions: readonly UiCondition[] }} props */
function Conditions({ conditions }) {
  if (conditions.length === 0) return html`<${Empty} title="This object has no conditions" />`;
  return html`
    <div class="plain-table-box" tabindex="0" role="region" aria-label="Conditions">
      <table class="plain-table">
        <thead>
          <tr>
            <th>Condition</th>
            <th>Status</th>
            <th>Since</th>
            <th>Reason</th>
          </tr>
        </thead>
        <tbody>${conditions.map(({ type, status, reason, message, since }) =>
          html`
            <tr>
              <th scope="row">${type}</th>
              <td>${status}</td>
              <td>
                <${Time} at=${since} />
              </td>
              <td class="message">${[reason, message].filter((part) => part !== "").join(": ")}</td>
            </tr>
          `
        )}</tbody>
      </table>
    </div>
  `;
}
