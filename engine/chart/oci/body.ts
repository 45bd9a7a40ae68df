/**
 * Reads bodies of answers with limits, checks them, and turns refusals into errors.
 *
 * @module
 */
import { createHash } from "node:crypto";
import { SkegError } from "../../../errors.ts";
import { PATIENCE, type Patience, readBody, type Received } from "../../net/download/mod.ts";
import { shown } from "./wire.ts";

/** Maximal size of manifests, lists of tags and tokens. */
export const TEXT_BYTES_MAX = 4 * 1024 * 1024;

/** Options for reading a body. */
export interface BodyOptions {
  /** Time limits; default {@linkcode PATIENCE}. */
  readonly patience?: Patience | undefined;
  /** Called with the progress of a download; with `undefined` when the download ends. */
  readonly progress?: ((url: string, received: Received | undefined) => void) | undefined;
}

/** Reads a body of at most `bytesMax` bytes. */
export async function readBytes(
  response: Response,
  bytesMax: number,
  url: string,
  { patience = PATIENCE, progress }: BodyOptions = {},
): Promise<Uint8Array<ArrayBuffer>> {
  const what = `GET ${JSON.stringify(shown(url))}`;
  try {
    return await readBody(response, {
      what,
      patience,
      bytesMax,
      tooLarge: () => new SkegError("io", `${what}: more than ${bytesMax} bytes`),
      progress: (received) => progress?.(shown(url), received),
    });
  } catch (cause) {
    if (cause instanceof SkegError) throw cause;
    throw new SkegError("io", `${what}: the connection was closed`, { cause });
  } finally {
    progress?.(shown(url), undefined);
  }
}

/** Reads a JSON object. */
export async function readJson(
  response: Response,
  url: string,
  options: BodyOptions = {},
): Promise<Record<string, unknown>> {
  const text = new TextDecoder().decode(await readBytes(response, TEXT_BYTES_MAX, url, options));
  try {
    const found: unknown = JSON.parse(text);
    if (typeof found === "object" && found !== null && !Array.isArray(found)) return found as Record<string, unknown>;
  } catch {
    // The error below also covers a body that is not JSON.
  }
  throw new SkegError("io", `GET ${JSON.stringify(shown(url))}: the answer is not a JSON object`);
}

/** Returns the digest of bytes, such as `sha256:…`. */
export function digestOf(bytes: Uint8Array): string {
  return `sha256:${createHash("sha256").update(bytes).digest("hex")}`;
}

/** Returns the error for an unsuccessful answer, with the registry's own message. Reads the body. */
export async function refusal(
  response: Response,
  method: string,
  url: string,
  options: BodyOptions = {},
): Promise<SkegError> {
  const { status } = response;
  let words = "";
  try {
    const { errors } = await readJson(response, url, options);
    const [first] = Array.isArray(errors) ? errors : [];
    const { code = "", message = "" } = (first ?? {}) as { code?: unknown; message?: unknown };
    words = [code, message].filter((word) => typeof word === "string" && word !== "").join(": ");
  } catch {
    // The body is not a registry's, but for example a proxy's page. Only the status is shown.
  }
  const kind = status === 404 ? "not-found" : "io";
  const hint = status === 401 || status === 403
    ? `Log in first: docker login ${new URL(url).host}, or give --username and --password.`
    : undefined;
  const text = `${method} ${JSON.stringify(shown(url))}: status ${status}${words === "" ? "" : `: ${words}`}`;
  return new SkegError(kind, text, { hint });
}
