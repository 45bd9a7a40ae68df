/** Where release records are kept, as `--storage` names it. */

/** The names, in the order in which help shows them. `storage/kinds.ts` opens each. */
export const STORAGE_NAMES = ["configmap", "secret", "sql", "memory"] as const;

/** A place for release records. */
export type StorageName = typeof STORAGE_NAMES[number];

/** The names as a sentence lists them: `configmap, secret or memory`. */
export const STORAGE_LIST: string = `${STORAGE_NAMES.slice(0, -1).join(", ")} or ${STORAGE_NAMES.at(-1)}`;

/** Namespace of the release records when none is named. */
export const RECORDS_NAMESPACE = "kube-system";
