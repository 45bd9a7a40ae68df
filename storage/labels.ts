/**
 * Labels of record objects, and what Kubernetes allows in a label's value.
 *
 * Source: Helm 2.17.0, `pkg/storage/driver/labels.go`; Kubernetes 1.16,
 * `apimachinery/pkg/util/validation`.
 *
 * @module
 */
import { SkegError } from "../errors.ts";
import { type KubeObject, type Release, STATUS_CODES, type StatusCode } from "../engine/model/mod.ts";
import type { RecordLabels, RecordQuery } from "./driver.ts";

/** Value of the label OWNER, which every query asks for. */
export const OWNER = "TILLER";

/** Value of the label OWNER of a record that a repair set aside: no query asks for it. */
export const QUARANTINE = "TILLER-QUARANTINE";

/** Labels that say when a record was written; `CREATED_AT` is dropped when the record is rewritten. */
export const TIME_LABELS: readonly string[] = ["CREATED_AT", "MODIFIED_AT"];

/** Returns the labels of a release's record, without those that hold times. */
export function recordLabels(release: Release): Record<string, string> {
  return {
    NAME: release.name,
    OWNER,
    STATUS: release.info.status.code,
    VERSION: String(release.revision),
  };
}

/** Picks from an object's labels those by which records are found. */
export function labelsOf(labels: Readonly<Record<string, string>> | undefined): RecordLabels {
  return { NAME: labels?.NAME, OWNER: labels?.OWNER, STATUS: labels?.STATUS, VERSION: labels?.VERSION };
}

/** True if `text` is a status code. */
export function isStatusCode(text: string): text is StatusCode {
  return (STATUS_CODES as readonly string[]).includes(text);
}

/** True if an object's metadata is that of a Helm 3 release: its name ends like those of Helm 2. */
export function isHelm3Record(metadata: KubeObject["metadata"]): boolean {
  return metadata?.labels?.owner === "helm" || metadata?.name?.startsWith("sh.helm.release.") === true;
}

/**
 * Returns the label selector of a query, keys sorted.
 *
 * @param owners Values of the label OWNER; an empty list selects any object.
 * @throws SkegError of kind `usage` with Tiller's words when a value is not a valid label value.
 */
export function querySelector(query: RecordQuery, owners: readonly string[] = [OWNER]): string {
  const wanted: [string, string][] = [];
  const [owner, ...others] = owners;
  if (query.name !== undefined) wanted.push(["NAME", query.name]);
  if (owner !== undefined && others.length === 0) wanted.push(["OWNER", owner]);
  if (query.status !== undefined) wanted.push(["STATUS", query.status]);
  for (const [, value] of wanted) {
    const problems = labelValueProblems(value);
    if (problems.length > 0) {
      throw new SkegError("usage", `invalid label value: ${JSON.stringify(value)}: ${problems.join("; ")}`);
    }
  }
  const terms = wanted.map(([key, value]) => `${key}=${value}`);
  if (others.length > 0) terms.push(`OWNER in (${owners.join(",")})`);
  return terms.join(",");
}

/** Returns the problems of `value` as a label's value, in Kubernetes' words; empty when it is valid. */
export function labelValueProblems(value: string): string[] {
  const problems: string[] = [];
  if (new TextEncoder().encode(value).length > 63) problems.push("must be no more than 63 characters");
  if (!/^([A-Za-z0-9]([-A-Za-z0-9_.]*[A-Za-z0-9])?)?$/.test(value)) {
    problems.push(
      "a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.', and must start " +
        "and end with an alphanumeric character (e.g. 'MyValue',  or 'my_value',  or '12345', regex used for " +
        "validation is '(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?')",
    );
  }
  return problems;
}
