/**
 * The object calls of record drivers, over a cluster's transport.
 *
 * @module
 */
import type { Transport } from "../../engine/kube/mod.ts";
import type { ObjectCall } from "../../storage/mod.ts";

/** Adapts a transport. */
export function objectCallOf(transport: Transport): ObjectCall {
  return async (method, path, body, options) => {
    const answer = await transport({
      method,
      path,
      body: body === undefined ? undefined : JSON.stringify(body),
      signal: options?.signal,
    });
    const text = await answer.text();
    const isJson = answer.headers.get("content-type")?.includes("json") ?? false;
    return { status: answer.status, body: isJson && text !== "" ? JSON.parse(text) : undefined };
  };
}
