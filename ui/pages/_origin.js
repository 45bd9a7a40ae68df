/**
 * The origin of a line of a manifest: template lines, values and conditions.
 *
 * @module
 */
import { useEffect, useRef } from "preact/hooks";
import { apiPath } from "../lib/api.js";
import { useData } from "../lib/data.js";
import { html } from "../lib/h.js";
import { releaseLink } from "../lib/release_frame.js";
import { setFields } from "../lib/router.js";
import { Read } from "../lib/states.js";
import { useKeys } from "../lib/keys.js";
import { wholeCommand, word } from "../lib/store.js";

/** @import { OriginAnswer, OriginValue, ReleaseAnswer } from "../../app/ui/types.ts" */

/** @param {{ release: ReleaseAnswer, line: number }} props */
export function Origin({ release, line }) {
  const { ctx, name, revision } = release;
  const answer = /** @type {import("../lib/data.js").Data<OriginAnswer>} */ (
    useData(apiPath(["releases", ctx, name, "revisions", revision, "origins"], { line }))
  );
  const close = () => setFields({ line: undefined });
  useKeys({ Escape: close });
  const pane = useRef(/** @type {HTMLElement | null} */ (null));
  // In a narrow window the pane is below the text.
  useEffect(() => pane.current?.scrollIntoView({ block: "nearest" }), [line, answer.data.value]);
  return html`
    <aside class="pane" ref=${pane} aria-label=${`Where line ${line} comes from`}>
      <p class="pane-head"><b>Line ${line}</b><button type="button" class="quiet" onClick=${close}>close</button></p>
      <${Read} of=${answer} what=${`the origin of line ${line}`}>${(/** @type {OriginAnswer} */ origin) =>
        html`<${Facts} release=${release} origin=${origin} />`}<//>
      </aside>
  `;
}

/** @param {{ release: ReleaseAnswer, origin: OriginAnswer }} props */
function Facts({ release, origin }) {
  const { object, path, places, values, conditions } = origin;
  const { ctx, name, revision, newest } = release;
  const rev = revision === newest ? undefined : revision;
  const command = wholeCommand(
    `why -r ${word(`${name}@${revision}`)} ${word(path === "" ? object : `${object}:${path}`)}`,
    ctx,
  );
  return html`<p class="pane-what">${object}${path !== "" && html`<br /><code>${breakable(path)}</code>`}</p>
    <h3>Written by</h3>
    ${
    places.length === 0 ? html`<p class="none">No line of a template is known for it.</p>` : html`<ul class="places">
      ${
      places.map(({ file, line, text }) =>
        html`<li key=${`${file}:${line}`}>
        <a href=${releaseLink(release, ["template"], { file, line, rev })}>${file}:${line}</a>
        <code class="quoted">${text.trim()}</code></li>`
      )
    }
    </ul>`
  }
    <${Values} title="Values it reads" values=${values} />
    <${Values} title="Values that decide that it is there" values=${conditions} />
    <h3>As a command</h3>
    <code class="quoted">${command}</code>`;
}

/** A path that may be broken before its parts. @param {string} path */
function breakable(path) {
  return path.split(/(?=[.[])/).map((part) => html`<wbr />${part}`);
}

/** @param {{ title: string, values: readonly OriginValue[] }} props */
function Values({ title, values }) {
  if (values.length === 0) return null;
  return html`
    <h3>${title}</h3>
    <dl class="values">
        ${values.map(({ path, text, source }) =>
          html`
            <div key=${path}>
              <dt><code>${path}</code></dt>
              <dd><code>${text}</code> <span class="aside">${source}</span></dd>
            </div>
          `
        )}
      </dl>
  `;
}
