/**
 * Advice after an operation on a release failed: the name that was meant, the revisions that exist, the next step
 * for a release that is FAILED now. Loaded only for such errors.
 *
 * @module
 */
import { SkegError } from "../../errors.ts";
import { nearest, orList } from "../../engine/base/mod.ts";
import { KubeManifest } from "../../engine/kube/mod.ts";
import type { Release } from "../../engine/model/mod.ts";
import type { Environment, StatusResult } from "../../engine/release/mod.ts";
import { type RecordHead, recordHeads } from "../../storage/mod.ts";
import { isSuggestible } from "./advice.ts";
import type { Operations } from "./environment.ts";
import type { RefusedObject } from "./server_words.ts";

/** The command that failed. */
export interface FailedCommand {
  readonly environment: Environment;
  readonly operations: Operations;
  /** Its arguments: the first may name the release. */
  readonly args: readonly string[];
  /** True for `--atomic`: what failed was undone. */
  readonly isUndone: boolean;
  /** Objects that the server refused, the newest last. */
  readonly refused: readonly RefusedObject[];
  /** True if the command takes `--install`. */
  readonly canInstall: boolean;
}

/** The longest time for reading names. */
const LOOK_MS = 3000;

/** Returns the error with advice about its release; the same error when there is none to give. */
export async function withReleaseAdvice(error: unknown, command: FailedCommand): Promise<unknown> {
  if (!(error instanceof SkegError)) return error;
  const hint = await adviceFor(error, command) ?? error.hint;
  const details = await detailsFor(error, command) ?? error.details;
  if (hint === error.hint && details === error.details) return error;
  const { kind, message, exitCode, elsewhere, missing } = error;
  return new SkegError(kind, message, { cause: error, hint, details, exitCode, elsewhere, missing });
}

async function adviceFor(error: SkegError, command: FailedCommand): Promise<string | undefined> {
  // A place where the release was found is better advice than a name that is spelled alike.
  if (error.elsewhere !== undefined) return undefined;
  const missing = missingOf(error);
  const [, release, revision] = /^(.+)\.v(\d+)$/.exec(missing ?? "") ?? [];
  if (release !== undefined && revision !== undefined) return await revisionAdvice(release, revision, command);
  if (error.hint !== undefined || error.details !== undefined) return await withOutcome(error, command);
  if (error.kind === "not-found") {
    const name = missing ?? command.args[0];
    return name === undefined ? undefined : await nameAdvice(name, command);
  }
  return command.isUndone ? undefined : wayOn(error, command);
}

/** Returns the error's hint, and below it what became of a release whose hook or wait failed. */
async function withOutcome(error: SkegError, command: FailedCommand): Promise<string | undefined> {
  if (command.isUndone || !["release", "timeout", "unready"].includes(error.kind)) return undefined;
  const failed = failureOf(error, command.operations);
  // After a wait, the error itself says how to go back.
  if (failed?.release === undefined || error.hint?.includes("'skeg rollback ")) return undefined;
  const outcome = failed.recorded ? wayOn(error, command) : await withoutRecord(failed.release, command);
  return outcome === undefined ? undefined : [error.hint, outcome].filter(Boolean).join("\n");
}

/** Returns a line about a first install that failed before its record was written. */
async function withoutRecord(
  { name, namespace, revision, info, hooks }: Release,
  { environment: { kube } }: FailedCommand,
): Promise<string | undefined> {
  if (revision !== 1 || info.status.code !== "PENDING_INSTALL") return undefined;
  const early = hooks.filter(({ events }) => events.includes("crd-install") || events.includes("pre-install"));
  const options = { signal: AbortSignal.timeout(LOOK_MS) };
  const remain = async ({ manifest }: Release["hooks"][number]): Promise<string[]> => {
    const found = await kube.findExisting(await kube.resolve(namespace, new KubeManifest(manifest), options), options);
    return found.map(({ info: { resource, name } }) => `${resource.kind}/${name}`);
  };
  const objects = (await Promise.all(early.map((hook) => remain(hook).catch(() => [])))).flat();
  const left = objects.length === 0 ? "" : ` Still in namespace ${namespace}: ${objects.join(", ")}.`;
  return `There is no record of ${name}: a hook failed before it was written.${left}`;
}

/** Returns the objects that an error is about, with their templates; or the details of a wait, with what was changed. */
async function detailsFor(error: SkegError, command: FailedCommand): Promise<string | undefined> {
  const { environment, operations, refused } = command;
  const failed = failureOf(error, operations);
  const release = failed?.release;
  if (failed === undefined || release === undefined) return undefined;
  if (error.kind === "unready" || error.kind === "timeout") {
    if (failed.before === undefined || error.details === undefined) return undefined;
    const { withChanges } = await import("./changed_values.ts");
    return await withChanges(error.details, failed.before, release, { environment, operations });
  }
  if (error.details !== undefined && !/^The object is \S+ \S+\.$/.test(error.details)) return undefined;
  const { refusalDetails } = await import("./refused_objects.ts");
  const signal = AbortSignal.timeout(LOOK_MS);
  return await refusalDetails(error, release, refused, () => environment.kube.capabilities({ signal }));
}

/** Returns the name or key that an error, or one that led to it, did not find. */
function missingOf(error: unknown): string | undefined {
  return error instanceof SkegError ? error.missing ?? missingOf(error.cause) : undefined;
}

/** Reads the heads of records; none when that fails, because advice must not fail. */
async function headsOf({ environment: { driver } }: FailedCommand, name?: string): Promise<readonly RecordHead[]> {
  const signal = AbortSignal.timeout(LOOK_MS);
  return await recordHeads(driver, name === undefined ? {} : { name }, { signal }).catch(() => []);
}

async function revisionAdvice(name: string, revision: string, command: FailedCommand): Promise<string | undefined> {
  const heads = await headsOf(command, name);
  if (heads.length === 0) return await nameAdvice(name, command);
  const revisions = heads.map((head) => head.revision).sort((a, b) => a - b);
  const noun = revisions.length === 1 ? "the only revision is" : "its revisions are";
  return `${name} has no revision ${revision}: ${noun} ${ranges(revisions)}. See 'skeg history ${name}'.`;
}

/** Returns numbers as text, such as `1 to 4 and 6`. */
function ranges(numbers: readonly number[]): string {
  const parts: [number, number][] = [];
  for (const number of numbers) {
    const last = parts.at(-1);
    if (last !== undefined && last[1] === number - 1) last[1] = number;
    else parts.push([number, number]);
  }
  const texts = parts.map(([from, to]) =>
    from === to ? `${from}` : to === from + 1 ? `${from}, ${to}` : `${from} to ${to}`
  );
  return texts.length < 2 ? texts.join("") : `${texts.slice(0, -1).join(", ")} and ${texts.at(-1)}`;
}

async function nameAdvice(name: string, command: FailedCommand): Promise<string | undefined> {
  const heads = await headsOf(command);
  const names = new Set(heads.map((head) => head.name));
  // It exists, so something else was not found.
  if (names.has(name)) return undefined;
  const install = command.canInstall ? " --install installs a release that does not exist." : "";
  const place = command.environment.driver.place?.namespace;
  if (names.size === 0) {
    return `There are no releases${place === undefined ? "" : ` whose records are in namespace ${place}`}.${install}`;
  }
  const meant = nearest(name, names);
  if (meant.length > 0) return `There is no release ${shown(name)}. Did you mean ${orList(meant)}?${install}`;
  return `There is no release ${shown(name)}: 'skeg list --all' shows all releases.${install}`;
}

const shown = (name: string): string => isSuggestible(name) ? name : JSON.stringify(name);

/** Returns the next step after an install or upgrade that left a revision behind. */
function wayOn(error: SkegError, { operations }: FailedCommand): string | undefined {
  const failed = failureOf(error, operations);
  if (failed?.release === undefined || !failed.recorded) return undefined;
  const { name, revision } = failed.release;
  if (failed.before !== undefined && failed.before.revision !== revision) {
    return `Revision ${revision} is FAILED. Correct the cause and upgrade again, or go back with ` +
      `'skeg rollback ${name} ${failed.before.revision}'.`;
  }
  if (revision > 1) return undefined;
  return `${name} is FAILED (revision 1), and what it created is still there. Correct the cause, then remove it with ` +
    `'skeg delete --purge ${name}' and install again.`;
}

function failureOf(error: unknown, operations: Operations): InstanceType<Operations["ReleaseError"]> | undefined {
  if (error instanceof operations.ReleaseError) return error;
  return error instanceof Error ? failureOf(error.cause, operations) : undefined;
}

/** States that no operation should leave behind. */
const UNFINISHED: ReadonlySet<string> = new Set([
  "FAILED",
  "PENDING_INSTALL",
  "PENDING_UPGRADE",
  "PENDING_ROLLBACK",
  "DELETING",
]);

/** Returns lines about a release that is not as it should be: why, and what to do. None for other releases. */
export async function statusAdvice(
  status: StatusResult,
  environment: Environment,
  operations: Operations,
): Promise<string[]> {
  const { name, revision, info: { status: { code }, description } } = status;
  if (!UNFINISHED.has(code)) return [];
  const why = code === "FAILED" && description !== "" ? [`Revision ${revision} is FAILED: ${description}`] : [];
  const signal = AbortSignal.timeout(LOOK_MS);
  const heads = await recordHeads(environment.driver, { name }, { signal }).catch(() => []);
  // What to do follows from the newest revision.
  if (heads.some((head) => head.revision > revision)) return why;
  const good = heads.filter((head) => head.status === "SUPERSEDED" || head.status === "DEPLOYED")
    .map((head) => head.revision);
  return [...why, operations.recoveryHint(status, good.length === 0 ? undefined : Math.max(...good))];
}
