/**
 * Files of saved plans and of their keys.
 *
 * @module
 */
import { SkegError } from "../errors.ts";
import { encodeJson } from "../engine/lang/yaml/mod.ts";
import type { MigrationPlan, SavedPlan, SavedRepairPlan } from "../engine/release/mod.ts";

/**
 * Writes a plan that only its owner can read; compressed if the name ends in `.gz`.
 *
 * @throws SkegError of kind `io`.
 */
export async function writePlanFile(path: string, plan: SavedPlan | SavedRepairPlan | MigrationPlan): Promise<void> {
  const text = `${encodeJson(plan)}\n`;
  try {
    const bytes = path.endsWith(".gz")
      ? await through(text, new CompressionStream("gzip"))
      : new TextEncoder().encode(text);
    // A file that exists keeps its mode, so it is narrowed before the plan is in it.
    await Deno.writeFile(path, new Uint8Array(), { mode: 0o600 });
    if (Deno.build.os !== "windows") await Deno.chmod(path, 0o600);
    await Deno.writeFile(path, bytes, { mode: 0o600 });
  } catch (cause) {
    throw new SkegError("io", `the plan could not be written to ${path}: ${fileReason(cause)}`, {
      cause,
      hint: "Name a file in a folder that exists and that you may write to.",
    });
  }
}

/**
 * Returns the text of a plan's file.
 *
 * @param made The command that makes such a plan, for the error.
 * @throws SkegError of kind `io`.
 */
export async function readPlanFile(path: string, made = "skeg plan upgrade RELEASE CHART"): Promise<string> {
  try {
    const bytes = await Deno.readFile(path);
    const isPacked = bytes[0] === 0x1f && bytes[1] === 0x8b;
    const plain = isPacked ? await through(bytes, new DecompressionStream("gzip")) : bytes;
    return new TextDecoder().decode(plain);
  } catch (cause) {
    throw new SkegError("io", `the plan ${path} cannot be read: ${fileReason(cause)}`, {
      cause,
      hint: `A plan is a file that --plan-out wrote: '${made} --plan-out FILE'.`,
    });
  }
}

/** Returns the key in a file, without the line break at its end; `undefined` if no file is named. */
export async function readPlanKey(path: string): Promise<string | undefined> {
  if (path === "") return undefined;
  let key: string;
  try {
    key = (await Deno.readTextFile(path)).trimEnd();
  } catch (cause) {
    throw new SkegError("io", `the key ${path} cannot be read: ${fileReason(cause)}`, { cause });
  }
  if (key === "") throw new SkegError("usage", `the key ${path} is empty`);
  return key;
}

/** Returns the reason for which a file was not read or written, in the system's words, such as `no such file or directory`. */
export function fileReason(cause: unknown): string {
  const text = cause instanceof Error ? cause.message : String(cause);
  const [reason = ""] = text.split(" (os error ");
  return reason.slice(0, 1).toLowerCase() + reason.slice(1);
}

async function through(data: string | Uint8Array<ArrayBuffer>, stream: CompressionStream | DecompressionStream) {
  const packed = new Response(data).body?.pipeThrough(stream);
  return new Uint8Array(await new Response(packed ?? null).arrayBuffer());
}
