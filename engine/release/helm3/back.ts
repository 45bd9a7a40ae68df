/**
 * Gives releases that were migrated back to Helm 2.
 *
 * Revisions that Helm 3 has made since become records of Helm 2; then Helm 3's marks are taken from the live objects, and
 * Helm 3's records are removed. Every step that is repeated does nothing new.
 *
 * @module
 */
import { SkegError } from "../../../errors.ts";
import { releaseKey } from "../../../storage/mod.ts";
import type { Environment } from "../environment.ts";
import { withLease } from "../lease.ts";
import { refuseWithoutRights, returnRights } from "./rights.ts";
import { inStep } from "./step.ts";
import { migrationTools } from "./tools.ts";
import { migratedNames } from "./verify_all.ts";
import { archiveBoth, goBack } from "./back_perform.ts";
import { type PreparedReturn, prepareReturn } from "./back_prepare.ts";
import type { BackOptions, ReturnedRelease } from "./back_types.ts";
import { messageOf } from "../../base/mod.ts";

/** Plans the way back of releases; by name. With `yes`, goes it. */
export async function migrateBack(env: Environment, options: BackOptions): Promise<readonly ReturnedRelease[]> {
  const names = await migratedNames(env, options);
  const done: ReturnedRelease[] = [];
  for (const name of names) {
    try {
      done.push(await backOne(env, name, options));
    } catch (error) {
      if (names.length === 1 || env.signal?.aborted || !(error instanceof SkegError)) throw error;
      done.push({ ...NOTHING, release: name, outcome: "failed", message: messageOf(error), hint: error.hint ?? "" });
    }
  }
  return done;
}

const NOTHING = {
  namespace: "",
  restored: [],
  created: [],
  changed: [],
  marked: 0,
  removed: [],
  kept: [],
  message: "",
  hint: "",
} as const;

async function backOne(env: Environment, name: string, options: BackOptions): Promise<ReturnedRelease> {
  if (options.yes !== true) return returned(await prepareReturn(env, name, options), "planned");
  const { archives } = options;
  if (archives === undefined) throw new SkegError("usage", "the way back needs a place for its archives");
  let isDone = false;
  const work = { name, operation: "migrate helm3 back", migration: { mark: () => isDone ? false : undefined } };
  return await withLease(env, work, async (inner) => {
    const way = await prepareReturn(inner, name, options);
    const tools = await migrationTools(inner, { ...options, to: way.journal.to });
    const rights = returnRights(inner, { ...tools, namespace: way.journal.namespace });
    await inStep("rights", () => refuseWithoutRights(inner, rights, name));
    const archive = await inStep("archive", () => archiveBoth(inner, way, archives));
    const marked = await goBack(inner, way, options);
    isDone = true;
    return { ...returned(way, "done"), marked, archive };
  });
}

function returned(way: PreparedReturn, outcome: ReturnedRelease["outcome"]): ReturnedRelease {
  return {
    ...NOTHING,
    release: way.name,
    namespace: way.journal.namespace,
    outcome,
    restored: way.restored.map(({ object }) => object.metadata?.name ?? ""),
    created: way.created.map(({ revision }) => releaseKey(way.name, revision)),
    changed: [...way.restored, ...way.changes].map(({ text }) => text).filter((text) => text !== ""),
    marked: way.journal.objects.length,
    removed: way.removed.map(({ stored }) => stored.name),
    kept: way.kept.map(({ stored }) => stored.name),
  };
}
