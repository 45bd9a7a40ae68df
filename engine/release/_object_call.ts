/** Object calls of record drivers, through the cluster's transport. */
import { jsonCalls } from "../kube/mod.ts";
import type { ObjectCall } from "../../storage/mod.ts";
import type { Environment } from "./environment.ts";

/** Returns the object calls of record drivers: those of the driver itself, if it has some. */
export function objectCallOf(env: Environment): ObjectCall {
  return env.driver.place?.call ?? jsonCalls(env.kube.cluster.transport);
}
