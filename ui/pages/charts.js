/**
 * Page "charts": the repositories of the user's list, and their charts.
 *
 * @module
 */
import { useSignal } from "@preact/signals";
import { useCallback, useMemo, useRef } from "preact/hooks";
import { apiPath } from "../lib/api.js";
import { useData } from "../lib/data.js";
import { html } from "../lib/h.js";
import { useKeys } from "../lib/keys.js";
import { List } from "../lib/list.js";
import { field, go, link, setFields } from "../lib/router.js";
import { counted, grouped } from "../lib/shown.js";
import { Age, Empty, Mark, Read } from "../lib/states.js";
import { usePage, word } from "../lib/store.js";
import { Time } from "../lib/time.js";

/** @import { ChartsAnswer } from "../../app/ui/types.ts" */

const COLUMNS = [
  { id: "chart-name", label: "Chart" },
  { id: "version", label: "Newest" },
  { id: "app", label: "App version" },
  { id: "many numeric", label: "Versions" },
  { id: "description", label: "Description" },
];

/**
 * A chart, as its row says it.
 *
 * @typedef {object} ChartRow
 * @property {string} repo
 * @property {string} name
 * @property {string} version
 * @property {string} appVersion
 * @property {number} versions
 * @property {boolean} deprecated
 * @property {string} description
 */

export default function Charts() {
  const filter = field("filter");
  usePage({
    title: "Charts",
    command: filter === "" ? "repo list" : `search ${word(filter)}`,
    hints: [["/", "filter"], ["j k", "move"], ["enter", "open"]],
  });
  const data = useData(apiPath(["charts"]));
  return html`
    <div class="page charts-page">
      <header class="page-head">
        <h1>Charts</h1>
        <${Age} of=${data} />
      </header>
      <${Read} of=${data} what="the repositories">${(/** @type {ChartsAnswer} */ answer) =>
        answer.repositories.length === 0
          ? html`<${Empty} title="There are no repositories in your list">Add one with <code>repo add NAME URL</code>.<//>`
          : html`
            <${Repositories} answer=${answer} />
            <${ChartList} answer=${answer} filter=${filter} />
          `}<//></div>
  `;
}

/** @param {{ answer: ChartsAnswer }} props */
function Repositories({ answer }) {
  return html`
    <div class="plain-table-box" tabindex="0" role="region" aria-label="Repositories">
      <table class="plain-table">
        <thead>
          <tr>
            <th>Repository</th>
            <th>Address</th>
            <th class="numeric">Charts</th>
            <th>Index read</th>
          </tr>
        </thead>
        <tbody>${answer.repositories.map(({ name, url, charts, updated, problem }) =>
          html`
            <tr>
              <th scope="row">${name}</th>
              <td class="message">${url}</td>
              <td class="numeric">${grouped(charts)}</td>
              <td>${problem === ""
                ? html`<${Time} at=${updated} ago />`
                : html`<span class="state warn"><${Mark} of="warn" /><span>${problem}</span></span>`}</td>
            </tr>
          `
        )}</tbody>
      </table>
    </div>
  `;
}

/** @param {{ answer: ChartsAnswer, filter: string }} props */
function ChartList({ answer, filter }) {
  const input = useRef(/** @type {HTMLInputElement | null} */ (null));
  const active = useSignal(-1);
  const all = useMemo(() => rowsOf(answer), [answer]);
  const items = useMemo(() => {
    const words = filter.toLowerCase().split(/\s+/).filter((part) => part !== "");
    return all.filter(({ repo, name, description }) => {
      const text = `${repo}/${name} ${description}`.toLowerCase();
      return words.every((part) => text.includes(part));
    });
  }, [all, filter]);
  const cells = useCallback(chartCells, []);
  useKeys({ "/": () => input.current?.select() });
  return html`
    <div class="text-tools">
      <input type="search" ref=${input} aria-label="Filter the charts" placeholder="filter" autocomplete="off"
        spellcheck=${false}
        value=${filter} onInput=${(/** @type {any} */ { target }) => setFields({ filter: target.value })} />
      <span class="found" role="status">${items.length === all.length
        ? counted(all.length, "chart")
        : `${grouped(items.length)} of ${counted(all.length, "chart")}`}</span>
    </div>
        ${items.length === 0
          ? html`<${Empty} title=${
            all.length === 0 ? "The repositories have no charts" : "No chart fits the filter"
          } />`
          : html`
            <${List} class="charts" label="Charts" columns=${COLUMNS} items=${items} cells=${cells} active=${active}
              memory="charts"
              open=${(/** @type {ChartRow} */ row) => go(chartLink(row))} />
          `}
  `;
}

/**
 * @param {ChartsAnswer} answer
 * @returns {ChartRow[]}
 */
function rowsOf({ columns, rows }) {
  return rows.map((row) => /** @type {ChartRow} */ (Object.fromEntries(columns.map((name, at) => [name, row[at]]))));
}

/** @param {ChartRow} row */
function chartLink({ repo, name, version }) {
  return link(["charts", repo, name, version]);
}

/** @param {ChartRow} row */
function chartCells(row) {
  const { repo, name, version, appVersion, versions, deprecated, description } = row;
  return html`
    <div role="rowheader"
      class="chart-name"><a tabindex="-1" href=${chartLink(
        row,
      )}><span class="kind">${repo}/</span>${name}</a>${deprecated && html`
        <span class="chip">deprecated</span>
      `}</div>
    <div role="cell" class="version">${version}</div>
    <div role="cell" class="app">${appVersion}</div>
    <div role="cell" class="many numeric">${grouped(versions)}</div>
    <div role="cell" class="description" title=${description}>${description}</div>
  `;
}
