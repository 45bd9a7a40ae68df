/**
 * Refuses changes of a release that was migrated to Helm 3.
 *
 * Two programs that change one release undo each other's work, and neither sees it.
 *
 * @module
 */
import { KubeError, SkegError } from "../../../errors.ts";
import type { Environment } from "../environment.ts";
import { type Helm3Journal, readJournal } from "./journal.ts";
import { clusterStore } from "./store.ts";

/** Options of {@linkcode refuseIfMigrated}. */
interface FenceOptions {
  /** True if the release's lease has the mark of a migration: then a journal that may not be read is believed to say so. */
  readonly isMarked?: boolean | undefined;
}

/**
 * Throws if the journal says that the release was migrated. Without a journal, or without the right to read it, there is
 * nothing to refuse. After the end of a migration, when Helm 2 has no records, Helm 3 must still have the release: once it is
 * uninstalled there, its name is free.
 *
 * @param place Namespace of the journals.
 * @throws SkegError of kind `conflict`.
 */
export async function refuseIfMigrated(
  env: Environment,
  place: string,
  name: string,
  { isMarked = false }: FenceOptions = {},
): Promise<void> {
  let journal: Pick<Helm3Journal, "state" | "namespace" | "to"> | undefined;
  try {
    journal = (await readJournal(env, place, name))?.journal;
  } catch (error) {
    if (!isForbidden(error)) throw error;
    journal = isMarked ? { state: "migrated", namespace: "", to: "secret" } : undefined;
  }
  if (journal === undefined) return;
  const isRefused = journal.state === "migrated" || journal.state === "finished" && await isAtHelm3(env, name, journal);
  if (!isRefused) return;
  const where = journal.namespace === "" ? "" : ` in namespace ${JSON.stringify(journal.namespace)}`;
  throw new SkegError(
    "conflict",
    `release ${JSON.stringify(name)} was migrated to Helm 3${where}`,
    {
      hint:
        `Change it with Helm 3. 'skeg migrate helm3 back ${name}' gives it back to Helm 2; --ignore-helm3 changes it here ` +
        "all the same, and Helm 3 will not know.",
    },
  );
}

/** True if Helm 3 has records of a release in the cluster; false where they may not be read, or are in a database. */
async function isAtHelm3(
  env: Environment,
  name: string,
  { namespace, to }: Pick<Helm3Journal, "namespace" | "to">,
): Promise<boolean> {
  if (to === "sql") return false;
  try {
    return (await clusterStore(env, to).names(namespace, name)).length > 0;
  } catch (error) {
    if (!isForbidden(error)) throw error;
    return false;
  }
}

function isForbidden(error: unknown): boolean {
  return error instanceof KubeError && (error.status === 401 || error.status === 403);
}
