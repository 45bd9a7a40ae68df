/**
 * Releases that Helm 3 has, too, for lists: one request for each question, metadata alone.
 *
 * @module
 */
import type { Environment } from "./environment.ts";
import { type Helm3Record, helm3RecordsOf, newestHelm3 } from "./doctor/helm3.ts";

/** The newest revision that Helm 3 has of a release. */
export interface Helm3Mark {
  /** The revision. */
  readonly revision: number;
  /** In Helm 3's words, such as `deployed`. */
  readonly status: string;
}

/** The result of {@linkcode helm3Marks}. */
export interface Helm3Marks {
  /** Returns what Helm 3 has of a release; `undefined` if it has nothing. */
  readonly of: (release: { readonly name: string; readonly namespace: string }) => Helm3Mark | undefined;
  /** Why the records of Helm 3 could not be listed; empty if they could. Then nothing is known of any release. */
  readonly problem: string;
}

/**
 * Lists the newest revisions of all releases of Helm 3.
 *
 * @param storage Where Helm 3 keeps its records, as `$HELM_DRIVER` says.
 */
export async function helm3Marks(env: Environment, storage: Helm3Record["storage"]): Promise<Helm3Marks> {
  let problem = "";
  const records = await helm3RecordsOf(env, storage, (what, why) => {
    problem = `${what}: ${why}`;
  });
  const byName = Map.groupBy(records, ({ namespace, name }) => `${namespace}/${name}`);
  return {
    problem,
    of: ({ name, namespace }) => {
      const newest = newestHelm3(byName.get(`${namespace}/${name}`) ?? []);
      return newest === undefined ? undefined : { revision: newest.revision, status: newest.status };
    },
  };
}
