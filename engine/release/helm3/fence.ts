/**
 * Refuses changes of a release that was migrated to Helm 3.
 *
 * Two programs that change one release undo each other's work, and neither sees it.
 *
 * @module
 */
import { KubeError, SkegError } from "../../../errors.ts";
import type { Environment } from "../environment.ts";
import { readJournal } from "./journal.ts";

/**
 * Throws if the journal says that the release was migrated. Without a journal, or without the right to read it, there is
 * nothing to refuse.
 *
 * @param place Namespace of the journals.
 * @throws SkegError of kind `conflict`.
 */
export async function refuseIfMigrated(env: Environment, place: string, name: string): Promise<void> {
  const stored = await readJournal(env, place, name).catch((error) => {
    if (error instanceof KubeError && (error.status === 401 || error.status === 403)) return undefined;
    throw error;
  });
  if (stored?.journal.state !== "migrated") return;
  const { release, namespace } = stored.journal;
  throw new SkegError(
    "conflict",
    `release ${JSON.stringify(release)} was migrated to Helm 3 in namespace ${JSON.stringify(namespace)}`,
    {
      hint:
        `Change it with Helm 3. 'skeg migrate helm3 back ${release}' gives it back to Helm 2; --ignore-helm3 changes it here ` +
        "all the same, and Helm 3 will not know.",
    },
  );
}
