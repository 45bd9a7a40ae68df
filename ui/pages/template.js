/**
 * The files of a revision's chart, as the record keeps them.
 *
 * @module
 */
import { apiPath } from "../lib/api.js";
import { useData } from "../lib/data.js";
import { html } from "../lib/h.js";
import { Text } from "../lib/lines.js";
import { field, setFields } from "../lib/router.js";
import { counted, sized } from "../lib/shown.js";
import { Empty, Read } from "../lib/states.js";
import { usePage, word } from "../lib/store.js";

/**
 * @import { ChartAnswer, ChartFileAnswer, ReleaseAnswer } from "../../app/ui/types.ts"
 * @import { PageProps } from "../routes.js"
 */

const HINTS = /** @type {const} */ ([["/", "search"], ["w", "wrap"], ["[ ]", "revision"]]);

/** @param {PageProps} props */
export default function Template({ release }) {
  const { ctx, name, revision, newest } = /** @type {ReleaseAnswer} */ (release);
  const path = ["releases", ctx, name, "revisions", revision, "chart"];
  const answer = /** @type {import("../lib/data.js").Data<ChartAnswer>} */ (useData(apiPath(path)));
  const files = (answer.data.value?.files ?? []).map((file) => file.path);
  const file = field("file") || files.find((each) => each.startsWith("templates/") && each.endsWith(".yaml")) ||
    files[0];
  const line = Number(field("line")) || undefined;
  const about = line === undefined ? "" : ` ${word(`${file}:${line}`)}`;
  usePage({
    title: `${name}: template`,
    command: about === ""
      ? `get ${word(name)}${revision === newest ? "" : ` --revision ${revision}`}`
      : `why -r ${word(`${name}@${revision}`)}${about}`,
    ctx,
    hints: HINTS,
  });
  return html`
    <h2 class="spoken">Template</h2>
    <${Read} of=${answer} what=${`the chart of revision ${revision}`}>${(/** @type {ChartAnswer} */ chart) =>
      file === undefined
        ? html`<${Empty} title="The record has no chart" />`
        : html`<${File} path=${path} file=${file} line=${line} chart=${chart} />`}<//>
  `;
}

/** @param {{ path: (string | number)[], file: string, line: number | undefined, chart: ChartAnswer }} props */
function File({ path, file, line, chart }) {
  const answer = /** @type {import("../lib/data.js").Data<ChartFileAnswer>} */ (useData(apiPath(path, { file })));
  const choice = html`
    <label class="choice wide"><span class="spoken">File</span>
        <select value=${file} onChange=${(/** @type {any} */ { target }) =>
          setFields({ file: target.value, line: undefined })}>
          ${chart.files.some((each) => each.path === file) ? null : html`<option value=${file}>${file}</option>`}
          ${chart.files.map((each) =>
            html`<option key=${each.path} value=${each.path}>${each.path}, ${sized(each.sizeBytes)}</option>`
          )}
        </select></label>
    <span class="aside">${counted(chart.files.length, "file")} of ${chart.name}-${chart.version}</span>
  `;
  return html`<${Read} of=${answer} what=${file}>${(/** @type {ChartFileAnswer} */ { text }) =>
    html`
      <${Text} key=${`${file} ${line}`} label=${file} text=${text} yaml=${/\.(ya?ml|tpl)$/.test(
        file,
      )} start=${line} tools=${choice}
        choose=${(/** @type {number} */ at) => setFields({ line: at })} />
    `}<//>`;
}
