/**
 * The manifest of a revision, and where each line comes from.
 *
 * @module
 */
import { apiPath } from "../lib/api.js";
import { useData } from "../lib/data.js";
import { html } from "../lib/h.js";
import { Text } from "../lib/lines.js";
import { field, setFields } from "../lib/router.js";
import { counted } from "../lib/shown.js";
import { Empty, Read } from "../lib/states.js";
import { usePage, word } from "../lib/store.js";
import { Origin } from "./_origin.js";

/**
 * @import { ManifestAnswer, ManifestDocument, ReleaseAnswer } from "../../app/ui/types.ts"
 * @import { PageProps } from "../routes.js"
 */

const HINTS = /** @type {const} */ ([["/", "search"], ["n p", "next, previous"], ["enter", "where a line comes from"], [
  "[ ]",
  "revision",
]]);

/** @param {PageProps} props */
export default function Manifest({ release }) {
  const { ctx, name, revision, newest } = /** @type {ReleaseAnswer} */ (release);
  const answer = /** @type {import("../lib/data.js").Data<ManifestAnswer>} */ (
    useData(apiPath(["releases", ctx, name, "revisions", revision, "manifest"]))
  );
  const flag = revision === newest ? "" : ` --revision ${revision}`;
  usePage({ title: `${name}: manifest`, command: `get manifest ${word(name)}${flag}`, ctx, hints: HINTS });
  const line = Number(field("line")) || undefined;
  return html`
    <h2 class="spoken">Manifest</h2>
    <${Read} of=${answer} what=${`the manifest of revision ${revision}`}>${(
      /** @type {ManifestAnswer} */ { text, documents },
    ) =>
      text.trim() === ""
        ? html`<${Empty} title="The manifest is empty">Revision ${revision} has no objects.<//>`
        : html`<div class=${line === undefined ? "with-pane" : "with-pane open"}>
          <div class="main-pane"><${Text} key=${revision} label=${`the manifest of ${name}`} text=${text} yaml=${true} start=${line}
            choose=${(/** @type {number} */ at) =>
          setFields({ line: at })} tools=${html`<${Objects} documents=${documents} />`} /></div>
          ${line !== undefined && html`<${Origin} release=${release} line=${line} />`}
        </div>`}<//>
  `;
}

/** Goes to an object. @param {{ documents: readonly ManifestDocument[] }} props */
function Objects({ documents }) {
  return html`<label class="choice"><span class="spoken">Go to an object</span>
    <select onChange=${(/** @type {any} */ { target }) => setFields({ line: target.value })}>
      <option value="">${counted(documents.length, "object")}</option>
      ${documents.map(({ kind, name, line }) => html`<option key=${line} value=${line}>${kind}/${name}</option>`)}
    </select></label>`;
}
