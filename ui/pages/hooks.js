/**
 * The hooks of a revision: when they run, and their manifests.
 *
 * @module
 */
import { useMemo } from "preact/hooks";
import { apiPath } from "../lib/api.js";
import { useData } from "../lib/data.js";
import { html } from "../lib/h.js";
import { Text } from "../lib/lines.js";
import { field, setFields } from "../lib/router.js";
import { Empty, Read } from "../lib/states.js";
import { usePage, word } from "../lib/store.js";
import { linesOf } from "../lib/text_rows.js";
import { Time } from "../lib/time.js";

/**
 * @import { HooksAnswer, ReleaseAnswer, UiHook } from "../../app/ui/types.ts"
 * @import { PageProps } from "../routes.js"
 */

const HINTS = /** @type {const} */ ([["/", "search"], ["w", "wrap"], ["[ ]", "revision"]]);

/** @param {PageProps} props */
export default function Hooks({ release }) {
  const { ctx, name, revision, newest } = /** @type {ReleaseAnswer} */ (release);
  const answer = /** @type {import("../lib/data.js").Data<HooksAnswer>} */ (
    useData(apiPath(["releases", ctx, name, "revisions", revision, "hooks"]))
  );
  const flag = revision === newest ? "" : ` --revision ${revision}`;
  usePage({ title: `${name}: hooks`, command: `get hooks ${word(name)}${flag}`, ctx, hints: HINTS });
  return html`
    <h2 class="spoken">Hooks</h2>
    <${Read} of=${answer} what=${`the hooks of revision ${revision}`}>${(/** @type {HooksAnswer} */ { hooks }) =>
      hooks.length === 0
        ? html`<${Empty} title="There are no hooks">Revision ${revision} runs nothing before or after its objects.<//>`
        : html`<${Table} name=${name} hooks=${hooks} />`}<//>
  `;
}

/** @param {{ name: string, hooks: readonly UiHook[] }} props */
function Table({ name, hooks }) {
  const { text, starts } = useMemo(() => joined(hooks), [hooks]);
  const line = Number(field("line")) || undefined;
  return html`
    <div class="plain-table-box" tabindex="0" role="region" aria-label="Hooks">
      <table class="plain-table">
        <thead>
          <tr>
            <th scope="col">Hook</th>
            <th scope="col">Runs</th>
            <th scope="col" class="numeric">Weight</th>
            <th scope="col">Deleted</th>
            <th scope="col">Last run</th>
          </tr>
        </thead>
        <tbody>${hooks.map((hook, at) =>
          html`
            <tr key=${at}>
              <th scope="row"><button type="button" class="link" onClick=${() => setFields({ line: starts[at] })}>${hook
                .kind}/${hook.name}</button></th>
              <td>${hook.events.join(", ")}</td>
              <td class="numeric">${hook.weight}</td>
              <td>${hook.deletePolicies.join(", ") || "never"}</td>
              <td>
                <${Time} at=${hook.lastRun} ago=${true} />
              </td>
            </tr>
          `
        )}</tbody>
      </table>
    </div>
    <${Text} key=${line} label=${`the hooks of ${name}`} text=${text} yaml=${true} start=${line} />
  `;
}

/** One text of all hooks, as `skeg get hooks` prints it, and the line where each begins. @param {readonly UiHook[]} hooks */
function joined(hooks) {
  /** @type {string[]} */
  const lines = [];
  const starts = hooks.map(({ name, text }) => {
    lines.push("---", `# ${name}`);
    const start = lines.length - 1;
    lines.push(...linesOf(text));
    return start;
  });
  return { text: lines.join("\n"), starts };
}
