/**
 * The command that lists what the fleet shows.
 *
 * @module
 */
import { word } from "../lib/words.js";

/** @type {Readonly<Record<string, string>>} Flags of `skeg list` by the beginning of a status. */
const FLAGS = {
  deployed: "--deployed",
  failed: "--failed",
  deleted: "--deleted",
  deleting: "--deleting",
  pending: "--pending",
};

/** @type {Readonly<Record<string, string>>} */
const SORTS = {
  "-name": "--reverse",
  chart: "--chart-name",
  "-chart": "--chart-name --reverse",
  updated: "--date --reverse",
  "-updated": "--date",
};

/** `skeg list` lists so many entries unless it is asked for more. */
const MAX = 256;

/**
 * Returns the command, without the program's name. A word of the filter becomes the command's regular expression; terms
 * that `list` has no flag for are left out.
 *
 * @param {{ filter: string, sort: string, all: boolean, contexts: readonly string[], count: number }} view
 * `contexts`: empty for one cluster. `count`: of rows.
 * @returns {string}
 */
export function listCommand({ filter, sort, all, contexts, count }) {
  const terms = filter.split(/\s+/).filter((term) => term !== "");
  /** @param {string} field */
  const of = (field) => terms.find((term) => term.startsWith(`${field}:`))?.slice(field.length + 1) ?? "";
  const [status, namespace] = [of("status").toLowerCase(), of("ns") || of("namespace")];
  const name = terms.find((term) => /^[^:-][^:]*$/.test(term)) ?? of("name");
  const flag = FLAGS[status.split("_")[0] ?? ""];
  return [
    "list",
    ...name === "" ? [] : [word(name.replace(/[.*+?^${}()|[\]\\]/g, "\\$&"))],
    flag ?? (all ? "--all" : "--deployed --failed --pending"),
    ...namespace === "" ? [] : [`--namespace ${word(namespace)}`],
    ...SORTS[sort] === undefined ? [] : [SORTS[sort]],
    ...contexts.length === 0 ? [] : [`--contexts ${word(contexts.join(","))}`],
    ...count <= MAX ? [] : [`--max ${count}`],
  ].join(" ");
}
