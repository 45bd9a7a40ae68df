/**
 * Reasons outside the release's own records that keep it from being migrated: its namespace, other storages, an earlier run.
 *
 * @module
 */
import type { StoredJournal } from "./journal.ts";
import type { MigrationBlocker } from "./plan_types.ts";
import type { SharedFacts } from "./shared_facts.ts";
import { blocker } from "./states.ts";
import type { Helm3Store } from "./store.ts";

/** Returns why Helm 3's storage has no place for the release. */
export async function placeBlockers(
  shared: SharedFacts,
  name: string,
  namespace: string,
  store: Helm3Store,
): Promise<MigrationBlocker[]> {
  const found: MigrationBlocker[] = [];
  const quoted = JSON.stringify(namespace);
  const state = store.storage === "sql" || namespace === "" ? "there" : await shared.namespace(namespace);
  if (state === "gone") {
    found.push(blocker(
      "namespace-gone",
      `the namespace ${quoted} of the release is gone, and Helm 3 keeps its records there`,
      `Make it with 'kubectl create namespace ${namespace}', or forget the release with 'skeg repair forget ${name}'.`,
    ));
  }
  if (state === "ending") {
    found.push(blocker("namespace-gone", `the namespace ${quoted} of the release is being deleted`));
  }
  for (const place of await shared.elsewhere(name)) {
    const other = await shared.newestAt(place, name);
    if (other === undefined || other.namespace !== namespace || other.info.status.code === "DELETED") continue;
    const kind = place.storage === "configmap" ? "ConfigMaps" : "Secrets";
    found.push(blocker(
      "collision",
      `${kind} in namespace ${JSON.stringify(place.namespace)} have a release ${JSON.stringify(name)} in namespace ` +
        `${quoted}, too, and Helm 3 has one of a name there`,
      "Find out which of them owns the objects. Then forget the other one's records, or give it another name with " +
        "'skeg move-storage --rename'.",
    ));
  }
  return found;
}

/** Returns why an earlier migration of the release must end first. */
export function leavingBlockers(journal: StoredJournal | undefined, store: Helm3Store): MigrationBlocker[] {
  if (journal === undefined) return [];
  const { state, release, to } = journal.journal;
  if (state === "going-back") {
    return [
      blocker("going-back", "its way back to Helm 2 has begun", `Run 'skeg migrate helm3 back ${release} --yes'.`),
    ];
  }
  if (state !== "finished" && to !== store.storage) {
    return [blocker("exists", `an earlier run wrote its records to Helm 3's storage ${to}`, `Use --to ${to}.`)];
  }
  return [];
}
