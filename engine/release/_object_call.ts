/** Object calls of record drivers, through the cluster's transport. */
import type { ObjectCall } from "../../storage/mod.ts";
import type { Environment } from "./environment.ts";

/** Returns the object calls of record drivers. */
export function objectCallOf(env: Environment): ObjectCall {
  return env.driver.place?.call ?? (async (method, path, body, options) => {
    const { transport } = env.kube.cluster;
    const answer = await transport({
      method,
      path,
      body: body === undefined ? undefined : JSON.stringify(body),
      signal: options?.signal,
    });
    const text = await answer.text();
    try {
      return { status: answer.status, body: text === "" ? undefined : JSON.parse(text) };
    } catch {
      return { status: answer.status, body: undefined };
    }
  });
}
