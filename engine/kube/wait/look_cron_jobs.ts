/**
 * The Jobs of CronJobs and their pods, which no wait looks at.
 *
 * @module
 */
import { KubeError } from "../../../errors.ts";
import type { KubeObject } from "../../model/mod.ts";
import { listPaged } from "../metadata_list.ts";
import { PODS } from "../object_calls.ts";
import type { ApiResource, Transport } from "../types.ts";

/** Jobs. */
export const JOBS: ApiResource = { group: "batch", version: "v1", kind: "Job", plural: "jobs", namespaced: true };

/** A Job and its pods. */
export interface OwnedJob {
  readonly job: KubeObject;
  readonly pods: readonly KubeObject[];
}

/** More Jobs of a namespace are not looked at. */
const PAGES_MAX = 4;

/**
 * Returns the Jobs that CronJobs of a namespace made, the newest first, by the uid of the CronJob. Empty where Jobs may not be
 * read; Jobs are without pods where those may not be read.
 */
export async function jobsOfCronJobs(
  transport: Transport,
  namespace: string,
  signal: AbortSignal | undefined,
): Promise<ReadonlyMap<string, readonly OwnedJob[]>> {
  const list = async (resource: ApiResource, labelSelector?: string): Promise<KubeObject[]> => {
    try {
      const options = { whole: true, pagesMax: PAGES_MAX, labelSelector, signal };
      return await listPaged(transport, resource, namespace, options) ?? [];
    } catch (error) {
      if (!(error instanceof KubeError) || error.kind === "aborted") throw error;
      return [];
    }
  };
  // Every version of Kubernetes labels the pods of a Job with its name.
  const [jobs, pods] = await Promise.all([list(JOBS), list(PODS, "job-name")]);
  const podsByJob = Map.groupBy(pods, controllerOf);
  const owned = jobs.filter((job) => controllerOf(job) !== "")
    .sort((a, b) => createdOf(b).localeCompare(createdOf(a)))
    .map((job) => ({ job, pods: podsByJob.get(job.metadata?.uid ?? "") ?? [] }));
  return Map.groupBy(owned, ({ job }) => controllerOf(job));
}

/** Returns the uid of an object's controller; empty when it has none. */
function controllerOf({ metadata }: KubeObject): string {
  return metadata?.ownerReferences?.find(({ controller }) => controller === true)?.uid ?? "";
}

const createdOf = ({ metadata }: KubeObject): string => metadata?.creationTimestamp ?? "";
