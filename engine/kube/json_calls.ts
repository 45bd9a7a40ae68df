/**
 * Requests of which only the status and the JSON body of the answer matter, as record drivers send them.
 *
 * @module
 */
import { checkJsonDepth } from "../base/mod.ts";
import { AS_METADATA_LIST } from "./metadata_list.ts";
import type { Transport } from "./types.ts";

/** Options of one call. */
export interface JsonCallOptions {
  /** For lists: asks for metadata only; servers that support it leave the rest out. */
  readonly metadataOnly?: boolean | undefined;
  /** Ends the call. */
  readonly signal?: AbortSignal | undefined;
}

/**
 * Returns a function that sends a request and returns the answer's status and parsed body. The body is `undefined` if the
 * answer is not JSON.
 *
 * @param note Called with each answer before its body is read.
 */
export function jsonCalls(
  transport: Transport,
  note: (answer: Response) => void = () => {},
): (
  method: "GET" | "POST" | "PUT" | "DELETE",
  path: string,
  body?: unknown,
  options?: JsonCallOptions,
) => Promise<{ readonly status: number; readonly body: unknown }> {
  return async (method, path, body, options) => {
    const answer = await transport({
      method,
      path,
      body: body === undefined ? undefined : JSON.stringify(body),
      accept: options?.metadataOnly ? AS_METADATA_LIST : undefined,
      signal: options?.signal,
    });
    note(answer);
    const text = await answer.text();
    let parsed: unknown;
    try {
      checkJsonDepth(text);
      parsed = text === "" ? undefined : JSON.parse(text);
    } catch {
      // Probably a proxy's page: only the status is usable.
    }
    return { status: answer.status, body: parsed };
  };
}
