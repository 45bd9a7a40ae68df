/**
 * Says below an object that is not ready what the upgrade changed in it. Loaded only after a wait that failed.
 *
 * @module
 */
import { type Change, createMasker, type ObjectChange, pathText } from "../../engine/kube/explain/mod.ts";
import type { Release } from "../../engine/model/mod.ts";
import type { Environment } from "../../engine/release/mod.ts";
import { causeText } from "./changes_cause.ts";
import type { Operations } from "./environment.ts";

/** More changes of one object are counted. */
const CHANGES_MAX = 3;
/** A longer value is left out. */
const VALUE_MAX = 60;
/** The longest time for reading the two revisions. */
const LOOK_MS = 3000;

/** The operations and their environment. */
interface Place {
  readonly environment: Environment;
  readonly operations: Operations;
}

/**
 * Returns the details of a failed wait with a line for each change of an object that is not ready. Secrets are masked.
 * The details unchanged if the revisions cannot be compared.
 *
 * @param details Lines as a wait writes them: objects are indented by two blanks, what is below them by four.
 */
export async function withChanges(
  details: string,
  before: Release,
  { name, revision }: Release,
  { environment, operations }: Place,
): Promise<string> {
  const signal = AbortSignal.timeout(LOOK_MS);
  const masker = createMasker(crypto.getRandomValues(new Uint8Array(32)));
  try {
    const { objects } = await operations.diffRevisions({ ...environment, signal }, {
      name,
      from: before.revision,
      to: revision,
      masker,
    });
    return inserted(details.split("\n"), objects, before.revision).join("\n");
  } catch {
    // The details are worth more than this.
    return details;
  }
}

function inserted(lines: readonly string[], objects: readonly ObjectChange[], revision: number): string[] {
  const found: string[] = [];
  let below: string[] = [];
  for (const line of lines) {
    if (!line.startsWith("    ")) {
      found.push(...below);
      const object = /^ {2}(\S+\/\S+) {2,}/.exec(line)?.[1];
      below = object === undefined ? [] : objects
        .filter(({ id, action }) => action === "update" && `${id.kind}/${id.name}` === object)
        .flatMap((change) => changeLines(change, revision));
    }
    found.push(line);
  }
  return [...found, ...below];
}

function changeLines({ changes }: ObjectChange, revision: number): string[] {
  // What changes with every revision is no news.
  const told = changes.filter(({ cause }) => cause.includes("values") || cause.includes("chart"));
  const lines = told.slice(0, CHANGES_MAX).map((change) => `    ${changeText(change, revision)}`);
  const more = told.length - lines.length;
  return more > 0 ? [...lines, `    … and ${more} more changes`] : lines;
}

/** Returns `changed by values image.tag: spec.containers[web].image was nginx:1.27 in revision 5`. */
function changeText(change: Change, revision: number): string {
  const field = pathText(change.path).replace(/^spec\.template\.(?=spec|metadata)/, "");
  return `changed by ${causeText(change, new Date())}: ${field} was ${shown(change.before)} in revision ${revision}`;
}

function shown(value: unknown): string {
  if (value === undefined) return "not there";
  const text = typeof value === "object" ? undefined : `${value}`.replaceAll(/\s+/g, " ");
  if (text === "") return "empty";
  return text === undefined || text.length > VALUE_MAX ? "another" : text;
}
