/**
 * Selectors for rows of a database. A row has four labels in place of those that an object may have.
 *
 * Source: Helm 2.17.0, `pkg/storage/driver/sql.go` (its columns, and `unknown label`).
 *
 * @module
 */
import { SkegError } from "../../../errors.ts";
import type { RecordHead } from "../../../storage/mod.ts";

/** The facts of a row that a selector may ask for. */
export type RowFacts = Pick<RecordHead, "name" | "status" | "revision">;

const LABELS: Readonly<Record<string, (row: RowFacts) => string>> = {
  NAME: ({ name }) => name,
  OWNER: () => "TILLER",
  STATUS: ({ status }) => status,
  VERSION: ({ revision }) => String(revision),
};

/** `KEY=VALUE`, `KEY==VALUE`, `KEY!=VALUE`. */
const EQUALITY = /^(\S+?)\s*(==?|!=)\s*(\S*)$/;
/** `KEY in (A, B)`, `KEY notin (A, B)`. */
const MEMBERSHIP = /^(\S+)\s+(in|notin)\s*\(([^()]*)\)$/;

/**
 * Reads a selector such as `STATUS=DEPLOYED,NAME in (web, db)`. Returns a function that is true for rows that fit.
 *
 * @throws SkegError of kind `usage` for a label that rows do not have, and for what is not a selector.
 */
export function rowSelector(text: string): (row: RowFacts) => boolean {
  const tests = text.split(/,(?![^(]*\))/).map((part) => requirement(part.trim()));
  return (row) => tests.every((test) => test(row));
}

function requirement(part: string): (row: RowFacts) => boolean {
  const [, key, operator, given] = EQUALITY.exec(part) ?? MEMBERSHIP.exec(part) ?? [];
  if (key === undefined || operator === undefined || given === undefined) {
    throw new SkegError("usage", `${JSON.stringify(part)} is not a selector for rows of a database`, {
      hint: "Write STATUS=DEPLOYED, VERSION!=1 or NAME in (web, db).",
    });
  }
  const read = Object.hasOwn(LABELS, key) ? LABELS[key] : undefined;
  if (read === undefined) {
    throw new SkegError(
      "usage",
      `unknown label ${JSON.stringify(key)}: rows of a database have NAME, OWNER, STATUS and VERSION alone`,
      { hint: "Name the releases, or choose them with --namespace-filter." },
    );
  }
  const values = operator.endsWith("in") ? given.split(",").map((value) => value.trim()) : [given];
  const isWanted = operator !== "!=" && operator !== "notin";
  return (row) => values.includes(read(row)) === isWanted;
}
