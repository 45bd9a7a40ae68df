/**
 * The rows of the fleet: from the answer of the program to what the list shows.
 *
 * @module
 */

/** @import { ReleaseRow, ReleasesAnswer, StreamLine } from "../../app/ui/types.ts" */

/**
 * @typedef {object} FleetRow
 * @property {string} ctx
 * @property {string} namespace
 * @property {string} name
 * @property {number} revision
 * @property {string} status
 * @property {string} chart Name and version, such as `web-1.4.0`.
 * @property {string} app
 * @property {number | null} updated
 * @property {string} description
 * @property {string} search All that a word without a field is looked for in, in lower case.
 */

/**
 * A row of the list that begins a group.
 *
 * @typedef {object} FleetGroup
 * @property {string} group
 * @property {number} count
 */

/** @typedef {"name" | "namespace" | "revision" | "status" | "chart" | "app" | "updated" | "ctx"} SortField */

/**
 * @param {ReleasesAnswer} answer
 * @returns {FleetRow[]}
 */
export function fleetRows({ columns, rows, contexts }) {
  const at = Object.fromEntries(columns.map((name, index) => [name, index]));
  /** @param {ReleaseRow} row @param {string} name */
  const text = (row, name) => String(row[at[name] ?? -1] ?? "");
  return rows.map((row) => {
    const [name, namespace, chart, version] = ["name", "namespace", "chart", "version"].map((field) =>
      text(row, field)
    );
    const whole = version === "" ? chart ?? "" : `${chart}-${version}`;
    const updated = row[at["updated"] ?? -1];
    return {
      ctx: contexts[Number(row[at["ctx"] ?? -1] ?? 0)] ?? "",
      namespace: namespace ?? "",
      name: name ?? "",
      revision: Number(text(row, "revision")),
      status: text(row, "status"),
      chart: whole,
      app: text(row, "appVersion"),
      updated: typeof updated === "number" ? updated : null,
      description: text(row, "description"),
      search: `${name} ${namespace} ${whole}`.toLowerCase(),
    };
  });
}

/** @type {Readonly<Record<string, (row: FleetRow) => string>>} */
const FIELDS = {
  name: ({ name }) => name,
  ns: ({ namespace }) => namespace,
  namespace: ({ namespace }) => namespace,
  status: ({ status }) => status,
  chart: ({ chart }) => chart,
  app: ({ app }) => app,
  ctx: ({ ctx }) => ctx,
  rev: ({ revision }) => String(revision),
  description: ({ description }) => description,
};

/**
 * Returns the rows that fit a filter: words, `field:text`, and `-` before what must not fit.
 *
 * @param {readonly FleetRow[]} rows
 * @param {string} filter Such as `web ns:shop -status:DEPLOYED`.
 * @returns {readonly FleetRow[]}
 */
export function filtered(rows, filter) {
  const tests = filter.toLowerCase().split(/\s+/).filter((term) => term !== "" && term !== "-").map(testOf);
  return tests.length === 0 ? rows : rows.filter((row) => tests.every((test) => test(row)));
}

/**
 * @param {string} term
 * @returns {(row: FleetRow) => boolean}
 */
function testOf(term) {
  const not = term.startsWith("-");
  const [, field = "", text = ""] = /^([a-z]+):(.*)$/.exec(not ? term.slice(1) : term) ?? [];
  const of = FIELDS[field];
  if (of === undefined) {
    const wanted = not ? term.slice(1) : term;
    return ({ search }) => search.includes(wanted) !== not;
  }
  // A status is a whole word, of which the beginning is enough: "status:deploy" is not "undeployed".
  if (field === "status") return (row) => row.status.toLowerCase().startsWith(text) !== not;
  return (row) => of(row).toLowerCase().includes(text) !== not;
}

/**
 * Returns the filter with a term added, or without it if it is there.
 *
 * @param {string} filter
 * @param {string} term Such as `status:FAILED`; replaces another term of the field.
 */
export function toggled(filter, term) {
  const field = `${term.split(":")[0]}:`;
  const terms = filter.split(/\s+/).filter((each) => each !== "");
  const rest = terms.filter((each) => !each.startsWith(field));
  return (terms.includes(term) ? rest : [...rest, term]).join(" ");
}

const byText = new Intl.Collator("en", { numeric: true }).compare;

/**
 * Returns rows in an order.
 *
 * @param {readonly FleetRow[]} rows
 * @param {string} sort A {@link SortField}, with `-` before it for the other direction.
 * @returns {readonly FleetRow[]}
 */
export function sorted(rows, sort) {
  const down = sort.startsWith("-") ? -1 : 1;
  const field = /** @type {SortField} */ (sort.replace(/^-/, ""));
  const names = ranks(rows.map(({ name }) => name));
  const texts = field === "updated" || field === "revision" || field === "name"
    ? names
    : ranks(rows.map((row) => row[field]));
  const keyed = rows.map((row) => ({
    row,
    name: names.get(row.name) ?? 0,
    key: down *
      (field === "updated" ? -(row.updated ?? 0) : field === "revision" ? row.revision : texts.get(row[field]) ?? 0),
  }));
  keyed.sort((a, b) => a.key - b.key || a.name - b.name || b.row.revision - a.row.revision);
  return keyed.map(({ row }) => row);
}

/**
 * Returns the place of each text in their order. Texts are far fewer than comparisons of rows, and numbers compare fast.
 *
 * @param {readonly string[]} texts
 * @returns {Map<string, number>}
 */
function ranks(texts) {
  return new Map([...new Set(texts)].sort(byText).map((text, at) => [text, at]));
}

/**
 * Returns rows by groups, each begun by a row of its own.
 *
 * @param {readonly FleetRow[]} rows
 * @param {string} by `namespace`, `chart` or empty.
 * @returns {readonly (FleetRow | FleetGroup)[]}
 */
export function grouped(rows, by) {
  if (by !== "namespace" && by !== "chart") return rows;
  const groups = Map.groupBy(rows, (row) => row[by]);
  return [...groups.keys()].toSorted(byText).flatMap((group) => {
    const inside = groups.get(group) ?? [];
    return [{ group, count: inside.length }, ...inside];
  });
}

/**
 * Returns the answer with a line of the stream worked in; `undefined` if the list must be read again.
 *
 * @param {ReleasesAnswer} answer
 * @param {StreamLine} line
 * @returns {ReleasesAnswer | undefined}
 */
export function withLine(answer, line) {
  if (line.topic === "reload") return undefined;
  if (line.topic !== "release" && line.topic !== "gone") return answer;
  const { columns, contexts, counts } = answer;
  const [ctx, name, status] = ["ctx", "name", "status"].map((field) => columns.indexOf(field));
  const at = answer.rows.findIndex((row) =>
    contexts[Number(row[ctx ?? -1])] === line.ctx && row[name ?? -1] === line.name
  );
  const old = answer.rows[at];
  const row = line.topic === "release" ? line.row : undefined;
  // A new release and a release that is gone change counts that this page does not know.
  if (old === undefined || row === undefined) return undefined;
  const [before, after] = [String(old[status ?? -1]), String(row[status ?? -1])];
  // The list may be one without DELETED releases.
  if (after === "DELETED") return undefined;
  const moved = { ...counts, [before]: (counts[before] ?? 1) - 1 };
  moved[after] = (moved[after] ?? 0) + 1;
  return { ...answer, rows: answer.rows.with(at, row), counts: moved };
}
