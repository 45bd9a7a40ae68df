/**
 * Data and errors as HTTP answers.
 *
 * @module
 */
import { encodeJson } from "../../engine/lang/yaml/mod.ts";
import type { RouteAnswer } from "./call.ts";
import { errorData, statusOf } from "./error_data.ts";
import { lineStream, type StreamLife } from "./lines.ts";
import type { UiError } from "./types.ts";

/** Returns the answer for an error. */
export function errorResponse(error: unknown, headers: Readonly<Record<string, string>>): Response {
  return refusal(statusOf(error), errorData(error), headers);
}

/** Returns an answer with an error. */
export function refusal(status: number, error: UiError, headers: Readonly<Record<string, string>>): Response {
  return new Response(JSON.stringify({ error }), {
    status,
    headers: { ...headers, "content-type": "application/json; charset=utf-8", "cache-control": "no-store" },
  });
}

/** The request that is answered. */
export interface AnswerRequest {
  /** HTTP method. */
  readonly method: string;
  /** All headers. */
  readonly headers: Headers;
  /** The query. */
  readonly query: URLSearchParams;
}

/** Returns the answer for a route's result: JSON with an `ETag`, or JSON lines. */
export async function response(
  answer: RouteAnswer,
  asked: AnswerRequest,
  headers: Readonly<Record<string, string>>,
  life: StreamLife,
): Promise<Response> {
  const plain = { ...headers, "cache-control": "no-store" };
  if ("lines" in answer) {
    const body = await lineStream(answer.lines, life);
    return new Response(body, { headers: { ...plain, "content-type": "application/x-ndjson; charset=utf-8" } });
  }
  const fields = asked.query.get("fields");
  const known = asked.headers.get("if-none-match");
  const unchanged = (etag: string): Response => new Response(null, { status: 304, headers: { ...plain, etag } });
  const { version } = answer;
  const ownEtag = version === undefined ? undefined : `"${version}${fields ? `;${encodeURIComponent(fields)}` : ""}"`;
  // An answer that has a version need not be written out to be compared.
  if (ownEtag !== undefined && known === ownEtag) return unchanged(ownEtag);
  const text = encodeJson(picked(answer.json, fields));
  const type = { "content-type": "application/json; charset=utf-8" };
  if (asked.method !== "GET") return new Response(text, { headers: { ...plain, ...type } });
  const etag = ownEtag ?? `"${await digestOf(text)}"`;
  return known === etag ? unchanged(etag) : new Response(text, { headers: { ...plain, etag, ...type } });
}

/** Keeps the wanted keys of an answer; of one with columns, the wanted columns. */
function picked(data: object, fields: string | null): object {
  if (fields === null || fields === "") return data;
  const wanted = fields.split(",").map((field) => field.trim());
  const table = data as { columns?: readonly string[]; rows?: readonly (readonly unknown[])[] };
  if (table.columns !== undefined && table.rows !== undefined) {
    const columns = wanted.filter((name) => table.columns?.includes(name));
    const places = columns.map((name) => table.columns?.indexOf(name) ?? -1);
    return { ...data, columns, rows: table.rows.map((row) => places.map((at) => row[at])) };
  }
  return Object.fromEntries(
    wanted.filter((name) => Object.hasOwn(data, name)).map((name) => [
      name,
      (data as Record<string, unknown>)[name],
    ]),
  );
}

async function digestOf(text: string): Promise<string> {
  const digest = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(text));
  return new Uint8Array(digest, 0, 16).toHex();
}
