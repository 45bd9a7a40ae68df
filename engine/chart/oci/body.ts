/**
 * Bodies of answers: read within bounds, checked, and turned into errors.
 *
 * @module
 */
import { createHash } from "node:crypto";
import { SkegError } from "../../../errors.ts";
import { PATIENCE, type Patience, readBody, type Received } from "../../net/download/mod.ts";
import { shown } from "./wire.ts";

/** Longest text that a registry may say: manifests, lists of tags, tokens. */
export const TEXT_BYTES_MAX = 4 * 1024 * 1024;

/** How a body is read. */
export interface BodyOptions {
  /** How long it may stand still; default {@linkcode PATIENCE}. */
  readonly patience?: Patience | undefined;
  /** Is told how much of an address has come; of `undefined` when it is done with. */
  readonly progress?: ((url: string, received: Received | undefined) => void) | undefined;
}

/** Reads a body, `bytesMax` at most. */
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
    // What follows says all there is to say.
  }
  throw new SkegError("io", `GET ${JSON.stringify(shown(url))}: the answer is no JSON object`);
}

/** The digest of bytes, such as `sha256:…`. */
export function digestOf(bytes: Uint8Array): string {
  return `sha256:${createHash("sha256").update(bytes).digest("hex")}`;
}

/** The error for an answer that is no success, with the registry's own words; reads the body. */
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
    // A proxy's page: the status alone has to do.
  }
  const kind = status === 404 ? "not-found" : "io";
  const hint = status === 401 || status === 403
    ? `Log in first: docker login ${new URL(url).host}, or give --username and --password.`
    : undefined;
  const text = `${method} ${JSON.stringify(shown(url))}: status ${status}${words === "" ? "" : `: ${words}`}`;
  return new SkegError(kind, text, { hint });
}
