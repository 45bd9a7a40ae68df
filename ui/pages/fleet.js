/**
 * The fleet: one row for each release.
 *
 * @module
 */
import { useSignal } from "@preact/signals";
import { useCallback, useEffect, useMemo, useRef } from "preact/hooks";
import { useData } from "../lib/data.js";
import { fleetPath } from "../lib/early.js";
import { useEvents } from "../lib/events.js";
import { findingsOf, useFindings } from "../lib/findings.js";
import { html } from "../lib/h.js";
import { healthOf, wantHealth } from "../lib/health.js";
import { useKeys } from "../lib/keys.js";
import { List } from "../lib/list.js";
import { say } from "../lib/live.js";
import { field, go, link, setFields } from "../lib/router.js";
import { counted, grouped as thousands, tail } from "../lib/shown.js";
import { Age, Empty, Failure, Read, State, Status } from "../lib/states.js";
import { contexts, usePage } from "../lib/store.js";
import { exact, Time } from "../lib/time.js";
import { filtered, fleetRows, grouped, sorted, toggled, withLine } from "./_fleet_rows.js";
import { listCommand } from "./_list_command.js";

/**
 * @import { ReleasesAnswer } from "../../app/ui/types.ts"
 * @import { Control } from "../lib/list.js"
 * @import { FleetGroup, FleetRow } from "./_fleet_rows.js"
 */

const HINTS = /** @type {const} */ ([["j k", "move"], ["enter", "open"], ["/", "filter"], ["?", "keys"]]);
/** The ends of longer names of contexts are shown: beginnings are often alike. */
const CONTEXT_MAX = 14;
/** Results are said when the user pauses. */
const PAUSE_MS = 500;

/** The page. */
export default function Fleet() {
  const [all, revisions, ctx] = [field("all"), field("revisions"), field("ctx")];
  const path = fleetPath({ ctx, all, revisions });
  const answer = /** @type {import("../lib/data.js").Data<ReleasesAnswer>} */ (useData(path));
  useEvents((line) => {
    const known = answer.data.peek();
    if (known === undefined) return;
    const next = revisions === "" ? withLine(known, line) : line.topic === "release" ? undefined : known;
    if (next === undefined) void answer.reload();
    else answer.data.value = next;
  }, [answer]);
  useFindings(ctx);
  const several = ctx === "" && (contexts.value?.length ?? 1) > 1;
  const command = listCommand({
    filter: field("q"),
    sort: field("sort"),
    all: all !== "",
    contexts: several ? contexts.value?.map(({ name }) => name) ?? [] : [],
    count: answer.data.value?.rows.length ?? 0,
  });
  usePage({ title: "Fleet", command, ctx, hints: HINTS });
  return html`
    <div class="page fleet-page">
      ${answer.data.value === undefined && html`<h1>Fleet</h1>`}
      <${Read} of=${answer} what="the releases">${(/** @type {ReleasesAnswer} */ data) =>
        html`<${Releases} data=${data} age=${html`<${Age} of=${answer} />`} />`}<//>
      </div>
  `;
}

/** @param {{ data: ReleasesAnswer, age: unknown }} props */
function Releases({ data, age }) {
  const [filter, sort, group] = [field("q"), field("sort") || "name", field("group")];
  const rows = useMemo(() => fleetRows(data), [data]);
  const ordered = useMemo(() => sorted(rows, sort), [rows, sort]);
  const fitting = useMemo(() => filtered(ordered, filter), [ordered, filter]);
  const items = useMemo(() => grouped(fitting, group), [fitting, group]);
  const active = useSignal(-1);
  const control = useMemo(() => /** @type {Control} */ ({}), []);
  useResultsSaid(fitting.length, rows.length, filter);
  const noun = field("revisions") === "" ? "release" : "revision";
  return html`
    <header class="page-head">
      <h1>Fleet</h1>
      <p class="sum">${counted(data.releases, "release")}, ${counted(data.revisions, "revision")}</p>
      ${age}
    </header>
    <${Troubles} data=${data} />
    <${Tools} filter=${filter} group=${group} down=${() => control.go?.(0)} reset=${() => active.value = -1} />
    <div class="split">
      <${Statuses} counts=${data.counts} filter=${filter} />
      ${items.length === 0
        ? html`<${Nothing} rows=${rows.length} filter=${filter} releases=${data.releases} />`
        : html`<${Table} items=${items} active=${active} control=${control} sort=${sort} />`}
    </div>
    <${Detail} items=${items} active=${active} text=${`${thousands(fitting.length)} of ${
      counted(rows.length, noun)
    }`} />
  `;
}

/**
 * @param {number} count
 * @param {number} total
 * @param {string} filter
 */
function useResultsSaid(count, total, filter) {
  const isFirst = useRef(true);
  useEffect(() => {
    if (isFirst.current) {
      isFirst.current = false;
      return;
    }
    const timer = setTimeout(() => say(`${thousands(count)} of ${counted(total, "release")}`), PAUSE_MS);
    return () => clearTimeout(timer);
  }, [count, filter]);
}

/**
 * @param {{ filter: string, group: string, down: () => void, reset: () => void }} props
 */
function Tools({ filter, group, down, reset }) {
  const input = useRef(/** @type {HTMLInputElement | null} */ (null));
  useKeys({ "/": () => input.current?.select() });
  /** @param {KeyboardEvent} event */
  const key = (event) => {
    if (event.key !== "Enter" && event.key !== "ArrowDown") return;
    event.preventDefault();
    input.current?.blur();
    down();
  };
  /** @param {any} event */
  const type = ({ target }) => {
    reset();
    setFields({ q: target.value });
  };
  return html`<div class="tools" role="search">
    <input type="search" class="filter" ref=${input} aria-label="Filter releases" autocomplete="off" spellcheck=${false}
      placeholder="name  ns:shop  status:FAILED  chart:redis" value=${filter} onInput=${type} onKeyDown=${key} />
    <label class="choice"><span class="spoken">Groups</span><select value=${group} onChange=${(
    /** @type {any} */ { target },
  ) => setFields({ group: target.value })}>
      <option value="">no groups</option><option value="namespace">by namespace</option><option value="chart">by chart</option>
    </select></label>
    ${
    contexts.value !== undefined && contexts.value.length > 1 &&
    html`<label class="choice"><span class="spoken">Context</span>
      <select value=${field("ctx")} onChange=${(/** @type {any} */ { target }) => setFields({ ctx: target.value })}>
        <option value="">all contexts</option>${
      contexts.value.map(({ name }) => html`<option key=${name} value=${name}>${name}</option>`)
    }
      </select></label>`
  }
    <${Check} name="all" label="deleted" />
    <${Check} name="revisions" label="all revisions" />
  </div>`;
}

/** @param {{ name: string, label: string }} props */
function Check({ name, label }) {
  return html`<label class="choice"><input type="checkbox" checked=${field(name) !== ""}
    onChange=${(/** @type {any} */ { target }) =>
    setFields({ [name]: target.checked ? 1 : undefined })} /> ${label}</label>`;
}

/** @param {{ counts: Readonly<Record<string, number>>, filter: string }} props */
function Statuses({ counts, filter }) {
  const entries = Object.entries(counts).filter(([, count]) => count > 0).sort(([, a], [, b]) => b - a);
  if (entries.length === 0) return null;
  return html`
    <aside class="statuses" aria-label="Releases by status">
      <ul>
        ${entries.map(([status, count]) => {
          const term = `status:${status}`;
          return html`<li key=${status}><button type="button" aria-pressed=${filter.split(/\s+/).includes(term)}
        onClick=${() => setFields({ q: toggled(filter, term), ...status === "DELETED" ? { all: 1 } : {} })}>
        <${Status} status=${status} /><span class="count">${thousands(count)}</span></button></li>`;
        })}
      </ul>
    </aside>
  `;
}

/** Contexts that gave no answer, and records that cannot be read. @param {{ data: ReleasesAnswer }} props */
function Troubles({ data }) {
  return html`${
    data.errors.map(({ ctx, message, hint }) =>
      html`<${Failure} key=${ctx} title=${`Releases of ${ctx} are missing`} error=${{ message, hint }} />`
    )
  }
    ${
    data.unreadable.length > 0 && html`
      <details class="unreadable">
        <summary>${counted(data.unreadable.length, "record")} cannot be read</summary>
        <ul>${data.unreadable.map(({ ctx, text }) => html`<li key=${`${ctx} ${text}`}>${text}</li>`)}</ul>
      </details>
    `
  }`;
}

/** @param {{ rows: number, releases: number, filter: string }} props */
function Nothing({ rows, releases, filter }) {
  if (rows > 0) {
    return html`<${Empty} title="No release fits the filter">
      <button type="button" onClick=${() => setFields({ q: undefined })}>Clear “${filter}”</button><//>`;
  }
  if (releases > 0) {
    return html`<${Empty} title="All releases are deleted">Their records are kept. “deleted” shows them.<//>`;
  }
  return html`<${Empty} title="There are no releases yet">
    The first one: <code>skeg install ./mychart --name web</code>. Records are looked for where Tiller kept them, in the
    namespace that <code>--tiller-namespace</code> names.<//>`;
}

/** @type {readonly (readonly [import("./_fleet_rows.js").SortField | "health" | "doctor", string])[]} */
const COLUMNS = [
  ["name", "Name"],
  ["namespace", "Namespace"],
  ["revision", "Rev"],
  ["status", "Status"],
  ["chart", "Chart"],
  ["app", "App"],
  ["updated", "Updated"],
  ["health", "Health"],
  ["doctor", "Findings"],
];

/**
 * @param {{ items: readonly (FleetRow | FleetGroup)[], active: import("@preact/signals").Signal<number>, control: Control, sort: string }} props
 */
function Table({ items, active, control, sort }) {
  const many = (contexts.value?.length ?? 1) > 1;
  const columns = useMemo(() => {
    const shown = many ? [/** @type {const} */ (["ctx", "Context"]), ...COLUMNS] : COLUMNS;
    return shown.map(([id, label]) =>
      id === "health" || id === "doctor" ? { id, label } : { id, label, ...sorting(id, sort) }
    );
  }, [sort, many]);
  const cells = useCallback(
    (/** @type {FleetRow | FleetGroup} */ item) => "group" in item ? groupCell(item) : rowCells(item, many),
    [many],
  );
  /** @param {number} first @param {number} end */
  const shown = (first, end) =>
    wantHealth(
      items.slice(first, end).flatMap((item) =>
        "group" in item || item.status === "DELETED" ? [] : [/** @type {const} */ ([item.ctx, item.name])]
      ),
    );
  return html`
    <${List} class=${many
      ? "fleet contexts"
      : "fleet"} label="Releases" items=${items} columns=${columns} cells=${cells}
      rowClass=${rowClass} active=${active} control=${control} open=${open} onShown=${shown} memory="fleet"
      stops=${isRelease} reuse=${true} />
  `;
}

/** @param {string} id @param {string} sort */
function sorting(id, sort) {
  const next = sort === id ? `-${id}` : id;
  const isSorted = sort === id
    ? /** @type {const} */ ("ascending")
    : sort === `-${id}`
    ? /** @type {const} */ ("descending")
    : undefined;
  return { sort: () => setFields({ sort: next === "name" ? undefined : next }), sorted: isSorted };
}

/** @param {FleetRow | FleetGroup} item */
const isRelease = (item) => !("group" in item);
/** @param {FleetRow | FleetGroup} item */
const rowClass = (item) => "group" in item ? "group" : item.status === "DELETED" && "past";

/** @param {FleetRow} row */
function addressOf({ ctx, namespace, name }) {
  return link(["r", ctx, namespace, name]);
}

/** @param {FleetRow | FleetGroup} item */
function open(item) {
  if (!("group" in item)) go(addressOf(item));
}

/** @param {FleetGroup} group */
function groupCell({ group, count }) {
  return html`<div role="cell" class="group-name">${group || "–"}<span class="count">${thousands(count)}</span></div>`;
}

/** @param {FleetRow} row @param {boolean} many */
function rowCells(row, many) {
  return html`
    ${many && html`<div role="cell" class="ctx" title=${row.ctx}>${tail(row.ctx, CONTEXT_MAX)}</div>`}
        <div role="cell" class="name" title=${row.name}><a href=${addressOf(row)} tabindex="-1">${row.name}</a></div>
        <div role="cell" class="namespace" title=${row.namespace}>${row.namespace}</div>
        <div role="cell" class="revision">${row.revision}</div>
        <div role="cell" class="status">${Status(row)}</div>
        <div role="cell" class="chart" title=${row.chart}>${row.chart}</div>
        <div role="cell" class="app" title=${row.app}>${row.app}</div>
        <div role="cell" class="updated">
      <${Time} at=${row.updated} />
    </div>
        <div role="cell" class="health">
      <${Health} ctx=${row.ctx} name=${row.name} status=${row.status} />
    </div>
        <div role="cell" class="doctor">
      <${Findings} ctx=${row.ctx} name=${row.name} />
    </div>
  `;
}

/** @param {{ ctx: string, name: string, status: string }} props */
function Health({ ctx, name, status }) {
  const health = healthOf(ctx, name).value;
  if (status === "DELETED") return html`<span class="none">–</span>`;
  if (health === undefined) return html`<span class="none" aria-label="not read yet">·</span>`;
  const [worst] = health.waiting;
  const why = health.error?.message ?? (worst === undefined ? "" : `${worst.object}: ${worst.reason}`);
  return html`<span title=${why || undefined}>${State({ state: health.state, children: health.words })}</span>`;
}

/** The worst findings about a release. @param {{ ctx: string, name: string }} props */
function Findings({ ctx, name }) {
  const found = findingsOf(ctx, name);
  if (found === undefined) return html`<span class="none" aria-label="not read yet">·</span>`;
  if (found === null) return html`<span class="none">–</span>`;
  const [, severity, count, title] = found;
  return html`<a href=${link("/doctor", { ctx, release: name })} tabindex="-1" title=${title}>${
    State({ state: severity, children: `${count} ${severity}` })
  }</a>`;
}

/**
 * The line below the list: how many, and more about the row that is chosen.
 *
 * @param {{ items: readonly (FleetRow | FleetGroup)[], active: import("@preact/signals").Signal<number>, text: string }} props
 */
function Detail({ items, active, text }) {
  const item = items[active.value];
  const row = item === undefined || "group" in item ? undefined : item;
  return html`<p class="detail"><span>${text}</span>${
    row !== undefined && html`<span class="detail-more">
    ${row.name}: ${[row.updated === null ? "" : exact(row.updated), row.description].filter(Boolean).join(", ")}</span>`
  }</p>`;
}
