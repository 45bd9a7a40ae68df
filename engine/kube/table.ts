/**
 * The text of RESOURCES in `status`: server-side tables, by version and kind.
 *
 * Source: Helm 2.17.0, `pkg/kube/client.go` (Get); `release-pipeline.md` 7.2.
 *
 * @module
 */
import type { KubeObject } from "../model/mod.ts";
import { asList, asObject, asText, isObject, type JsonObject, sameJson } from "./json.ts";
import { nothingVisited } from "./runs.ts";
import { goText } from "./strategic_lists.ts";
import { isTable, readTables } from "./table_reads.ts";
import type { KubeCallOptions, ResourceInfo, Transport } from "./types.ts";

/** Group key of the pods that belong to workloads. */
const RELATED_PODS = "v1/Pod(related)";
/** Narrowest column, and blanks after the widest cell. */
const COLUMN_MIN = 6;
const COLUMN_GAP = 3;

/**
 * Reads all objects and returns them as text: groups by version and kind, each with a header line, then
 * missing objects.
 *
 * @throws SkegError `no objects visited` for an empty list.
 */
export async function resourceTable(
  transport: Transport,
  infos: readonly ResourceInfo[],
  options: KubeCallOptions = {},
): Promise<string> {
  if (infos.length === 0) throw nothingVisited();
  // Helm 2 reads kind by kind; here reads are unordered.
  const found = await readTables(transport, infos, options);
  const groups = new Map<string, KubeObject[]>();
  const add = (key: string, table: KubeObject): void => {
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [table]);
    else group.push(table);
  };
  for (const { info, table, pods } of found) {
    if (table !== undefined) add(`${info.resource.version}/${info.resource.kind}`, table);
    if (pods !== undefined) add(RELATED_PODS, pods);
  }
  const keys = [...groups.keys()].sort();
  const blocks = keys.map((key) => `==> ${key}\n${printGroup(groups.get(key) ?? [])}\n`);
  // Helm 2 lists each missing object twice.
  const missing = found.filter(({ table }) => table === undefined).map(({ info }) => missingLine(info));
  return blocks.join("") + (missing.length === 0 ? "" : `==> MISSING\nKIND\t\tNAME\n${missing.join("")}`);
}

function missingLine({ resource, name }: ResourceInfo): string {
  return `${resource.group}/${resource.version}, Resource=${resource.plural}\t\t${name}\n`;
}

/** Prints the tables of one group, sorted by the name in their first row. */
function printGroup(tables: readonly KubeObject[]): string {
  let columns: unknown;
  let plainHeader = true;
  return inNameOrder(tables).map((object) => {
    if (!isTable(object)) {
      const text = align([...(plainHeader ? [["NAME", "AGE"]] : []), [object.metadata?.name ?? "", ageOf(object)]]);
      plainHeader = false;
      return text;
    }
    const given = asList(object.columnDefinitions);
    const own = given.length > 0 ? given : asList(columns);
    const header = given.length > 0 && !sameJson(given, columns);
    columns = own;
    return printTable(own.map(asObject), asList(object.rows).map(asObject), header);
  }).join("");
}

/** Sorts by the first cell of the first row; when a table has none, keeps the order. */
function inNameOrder(tables: readonly KubeObject[]): readonly KubeObject[] {
  if (tables.length < 2) return tables;
  const byName = new Map<string, KubeObject>();
  const names: string[] = [];
  for (const table of tables) {
    const name = asList(asObject(asList(table.rows)[0]).cells)[0];
    if (typeof name !== "string") return tables;
    // Helm 2: of two objects with one name, in two namespaces, the later one is shown twice.
    byName.set(name, table);
    names.push(name);
  }
  return names.sort().map((name) => byName.get(name) ?? {});
}

function printTable(columns: readonly JsonObject[], rows: readonly JsonObject[], header: boolean): string {
  if (rows.length === 0) return "";
  const shown = columns.map((column) => (column.priority ?? 0) === 0);
  const lines = rows.map((row) =>
    asList(row.cells).flatMap((cell, index) => shown[index] ? [cell === null ? "" : cellText(cell)] : [])
  );
  const names = columns.filter((_column, index) => shown[index]).map(({ name }) => asText(name).toUpperCase());
  return align(header ? [names, ...lines] : lines);
}

function cellText(cell: unknown): string {
  return isObject(cell) || Array.isArray(cell) ? goText(cell) : String(cell);
}

/** Pads the cells of each column to the widest, except the last cell of a line. */
function align(lines: readonly (readonly string[])[]): string {
  const widths: number[] = [];
  for (const line of lines) {
    line.slice(0, -1).forEach((cell, index) => {
      widths[index] = Math.max(widths[index] ?? COLUMN_MIN, [...cell].length + COLUMN_GAP);
    });
  }
  return lines.map((line) =>
    line.map((cell, index) =>
      index === line.length - 1 ? cell : cell + " ".repeat((widths[index] ?? 0) - [...cell].length)
    )
      .join("") + "\n"
  ).join("");
}

/** Returns the age of an object as Kubernetes shows it: `12s`, `5m`, `3h`, `40d`. */
function ageOf(object: KubeObject): string {
  const since = Date.parse(object.metadata?.creationTimestamp ?? "");
  if (Number.isNaN(since)) return "<unknown>";
  return shortDuration(Math.floor((Date.now() - since) / 1000));
}

/** Formats a duration in at most two units, coarser as it grows. */
export function shortDuration(seconds: number): string {
  if (seconds < -1) return "<invalid>";
  if (seconds < 0) return "0s";
  const two = (big: number, bigUnit: string, small: number, smallUnit: string): string =>
    small === 0 ? `${big}${bigUnit}` : `${big}${bigUnit}${small}${smallUnit}`;
  const minutes = Math.floor(seconds / 60);
  const hours = Math.floor(minutes / 60);
  const days = Math.floor(hours / 24);
  const years = Math.floor(days / 365);
  if (seconds < 120) return `${seconds}s`;
  if (minutes < 10) return two(minutes, "m", seconds % 60, "s");
  if (minutes < 180) return `${minutes}m`;
  if (hours < 8) return two(hours, "h", minutes % 60, "m");
  if (hours < 48) return `${hours}h`;
  if (hours < 192) return two(days, "d", hours % 24, "h");
  if (days < 730) return `${days}d`;
  if (years < 8) return two(years, "y", days % 365, "d");
  return `${years}y`;
}
