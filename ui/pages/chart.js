/**
 * Page "chart": one version of a chart: its README as text, its values, its files, and what it renders with given values.
 *
 * @module
 */
import { useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { ApiError, apiPath, ask } from "../lib/api.js";
import { useData } from "../lib/data.js";
import { html } from "../lib/h.js";
import { isField, useKeys } from "../lib/keys.js";
import { linesOf, Text } from "../lib/lines.js";
import { field, go, link, setFields } from "../lib/router.js";
import { counted, sized } from "../lib/shown.js";
import { Empty, Failure, Read, Waiting } from "../lib/states.js";
import { usePage, word } from "../lib/store.js";
import { Editor } from "./editor.js";

/**
 * @import { ChartAnswer, ChartFileAnswer, ChartVersionsAnswer, TemplateAnswer } from "../../app/ui/types.ts"
 * @import { PageProps } from "../routes.js"
 */

/** Time after the last key before templates are rendered, in milliseconds. */
const QUIET_MS = 400;

const VIEWS = ["readme", "values", "files", "render"];

/** @param {PageProps} props */
export default function Chart({ params }) {
  const { repo = "", name = "", version = "" } = params;
  const view = field("view") || "readme";
  usePage({
    title: `${name} ${version}`,
    command: `inspect ${view === "readme" || view === "values" ? `${view} ` : ""}${word(`${repo}/${name}`)} --version ${
      word(version)
    }`,
    hints: [["/", "search"], ["w", "wrap"], ["Esc", "back"]],
  });
  useKeys({ Escape: ({ target }) => isField(target) ? false : go("/charts") });
  const data = useData(apiPath(["charts", repo, name, version]));
  return html`
    <div class="page chart-page">
      <header class="page-head">
        <h1><a href="/charts">${repo}</a>/${name}</h1>
        <${Versions} repo=${repo} name=${name} version=${version} />
      </header>
      <${Read} of=${data} what=${`${name} ${version}`}>${(/** @type {ChartAnswer} */ chart) =>
        html`
          <p class="summary"><span>${chart.description}</span>
                  ${chart.appVersion && html`<span>app version ${chart.appVersion}</span>`}
                  ${chart.deprecated && html`<span class="chip">deprecated</span>`}
                  ${chart.home && html`<span class="aside">${chart.home}</span>`}
                  ${chart.requirements.length > 0 &&
                    html`<span class="aside">needs ${
                      chart.requirements.map(({ name, version }) => `${name} ${version}`).join(", ")
                    }</span>`}</p>
          <div class="views" role="group" aria-label="Views of the chart">${VIEWS.map((id) =>
            html`<button type="button" class="quiet" aria-pressed=${view === id} onClick=${() =>
              setFields({ view: id, file: "" })}>${id}</button>`
          )}</div>
          <${View} chart=${chart} view=${view} repo=${repo} />
        `}<//></div>
  `;
}

/** @param {{ repo: string, name: string, version: string }} props */
function Versions({ repo, name, version }) {
  const data = useData(apiPath(["charts", repo, name]));
  const versions = /** @type {ChartVersionsAnswer | undefined} */ (data.data.value)?.versions ?? [];
  return html`<label class="choice">version <select value=${version} onChange=${(/** @type {any} */ { target }) =>
    go(link(["charts", repo, name, target.value], { view: field("view") }))}>${
    versions.some((each) => each.version === version) ? null : html`<option value=${version}>${version}</option>`
  }${versions.map((each) => html`<option value=${each.version}>${each.version}</option>`)}</select></label>`;
}

/** @param {{ chart: ChartAnswer, view: string, repo: string }} props */
function View({ chart, view, repo }) {
  if (view === "files") return html`<${Files} chart=${chart} repo=${repo} />`;
  if (view === "render") return html`<${Rendered} chart=${chart} repo=${repo} />`;
  const text = view === "values" ? chart.values : chart.readme;
  if (text.trim() === "") {
    return html`<${Empty} title=${view === "values" ? "The chart has no values" : "The chart has no README"} />`;
  }
  return html`<${Text} key=${view} label=${view} text=${text} yaml=${view === "values"} />`;
}

/** @param {{ chart: ChartAnswer, repo: string }} props */
function Files({ chart, repo }) {
  const file = field("file");
  const data = useData(file === "" ? undefined : apiPath(["charts", repo, chart.name, chart.version], { file }));
  if (file !== "") {
    return html`
      <p
        class="summary"><button type="button" class="quiet" onClick=${() =>
          setFields({ file: "" })}>all files</button><code>${file}</code></p>
      <${Read} of=${data} what=${file}>${(/** @type {ChartFileAnswer} */ { text }) =>
        html`<${Text} label=${file} text=${text} yaml />`}<//>
    `;
  }
  return html`
    <p class="summary">${counted(chart.files.length, "file")}</p>
    <ul class="files">${chart.files.map(({ path, sizeBytes }) =>
      html`<li><a href=${link(location.pathname, { view: "files", file: path })}>${path}</a> <span class="aside">${
        sized(sizeBytes)
      }</span></li>`
    )}</ul>
  `;
}

/** @param {{ chart: ChartAnswer, repo: string }} props */
function Rendered({ chart, repo }) {
  const values = useSignal("");
  const shown = useSignal(/** @type {undefined | TemplateAnswer} */ (undefined));
  const error = useSignal(/** @type {undefined | ApiError} */ (undefined));
  useEffect(() => {
    const end = new AbortController();
    const render = async () => {
      const body = { chart: `${repo}/${chart.name}`, version: chart.version, values: values.value };
      try {
        shown.value = await ask(apiPath(["charts", "template"]), { method: "POST", body, signal: end.signal });
        error.value = undefined;
      } catch (thrown) {
        if (!end.signal.aborted) error.value = thrown instanceof ApiError ? thrown : new ApiError(String(thrown));
      }
    };
    const timer = setTimeout(() => void render(), shown.peek() === undefined ? 0 : QUIET_MS);
    return () => {
      clearTimeout(timer);
      end.abort();
    };
  }, [values.value]);
  return html`
    <div class="two">
      <${Editor} label="Values" value=${values} problem=${error.value
        ?.message} placeholder=${"# overrides of the chart's values, as YAML"} />
      <section aria-label="Templates">
          ${error.value && html`<${Failure} error=${error.value} title="The templates cannot be rendered" />`}
          ${shown.value === undefined
            ? error.value === undefined && html`<${Waiting} what="the templates" />`
            : html`<${Text} label="templates" text=${shown.value.text} yaml tools=${html`<span class="aside">${
              counted(linesOf(shown.value.text).filter((line) => line === "---").length, "document")
            }</span>`} />`}
        </section>
    </div>
  `;
}
