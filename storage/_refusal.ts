/**
 * The words of an answer by which the API server refuses a request.
 *
 * @module
 */

/** The words of a refusal. */
export interface Refusal {
  /** The server's message; `undefined` when it gave none, or a blank one. */
  readonly message: string | undefined;
  /** The server's `reason`, such as `Forbidden`; empty when it gave none. */
  readonly reason: string;
}

/** Reads the body of an answer that is not a success: a Status, or anything else. */
export function refusalOf(body: unknown): Refusal {
  const { message, reason } = (typeof body === "object" && body !== null ? body : {}) as Record<string, unknown>;
  return {
    message: typeof message === "string" && message.trim() !== "" ? message : undefined,
    reason: typeof reason === "string" ? reason : "",
  };
}
