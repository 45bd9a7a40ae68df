/**
 * Other people's programs that stories need: `helm2` and `tiller` from the
 * folder that SKEG_E2E_PROGRAMS names, `kubectl` from there or from the PATH.
 */
import { existsSync } from "node:fs";
import { delimiter, join } from "node:path";

/** Path of a program, or `undefined` when it is not here. */
export function findProgram(name: string): string | undefined {
  const own = Deno.env.get("SKEG_E2E_PROGRAMS") ?? "";
  const path = name === "kubectl" ? (Deno.env.get("PATH") ?? "").split(delimiter) : [];
  const endings = Deno.build.os === "windows" ? [".exe", ""] : [""];
  return [own, ...path].filter((folder) => folder !== "")
    .flatMap((folder) => endings.map((ending) => join(folder, name + ending)))
    .find((file) => existsSync(file));
}

/** What a program printed, and how it ended. */
export interface Ran {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs a program to its end. */
export async function runProgram(
  file: string,
  args: readonly string[],
  options: { readonly env?: Record<string, string>; readonly stdin?: string } = {},
): Promise<Ran> {
  const child = new Deno.Command(file, {
    args: [...args],
    env: options.env ?? {},
    stdin: "piped",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  const writer = child.stdin.getWriter();
  // A program that does not read its input may be gone already.
  await writer.write(new TextEncoder().encode(options.stdin ?? "")).catch(() => {});
  await writer.close().catch(() => {});
  const { code, stdout, stderr } = await child.output();
  const text = (bytes: Uint8Array): string => new TextDecoder().decode(bytes);
  return { code, stdout: text(stdout), stderr: text(stderr) };
}
