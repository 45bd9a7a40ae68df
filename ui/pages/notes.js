/**
 * The notes of a revision.
 *
 * @module
 */
import { apiPath } from "../lib/api.js";
import { useData } from "../lib/data.js";
import { html } from "../lib/h.js";
import { Text } from "../lib/lines.js";
import { Empty, Read } from "../lib/states.js";
import { usePage, word } from "../lib/store.js";

/**
 * @import { NotesAnswer, ReleaseAnswer } from "../../app/ui/types.ts"
 * @import { PageProps } from "../routes.js"
 */

const HINTS = /** @type {const} */ ([["/", "search"], ["w", "wrap"], ["[ ]", "revision"]]);

/** @param {PageProps} props */
export default function Notes({ release }) {
  const { ctx, name, revision, newest } = /** @type {ReleaseAnswer} */ (release);
  const answer = /** @type {import("../lib/data.js").Data<NotesAnswer>} */ (
    useData(apiPath(["releases", ctx, name, "revisions", revision, "notes"]))
  );
  const flag = revision === newest ? "" : ` --revision ${revision}`;
  usePage({ title: `${name}: notes`, command: `get notes ${word(name)}${flag}`, ctx, hints: HINTS });
  return html`
    <h2 class="spoken">Notes</h2>
    <${Read} of=${answer} what=${`the notes of revision ${revision}`}>${(/** @type {NotesAnswer} */ { notes }) =>
      notes.trim() === ""
        ? html`<${Empty} title="There are no notes">The chart of revision ${revision} has no NOTES.txt, or it is empty.<//>`
        : html`<${Text} label=${`the notes of ${name}`} text=${notes} />`}<//>
  `;
}
