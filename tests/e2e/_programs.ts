/**
 * External programs that stories need: `helm2`, `tiller`, `helm3`,
 * `docker-registry` and `kubectl`. They are found in the folders of
 * SKEG_E2E_PROGRAMS, the last two also on the PATH.
 */
import { existsSync } from "node:fs";
import { delimiter, join } from "node:path";

/** Returns the path of a program, or `undefined` when it is missing. */
export function findProgram(name: string): string | undefined {
  const isCommon = name === "kubectl" || name === "docker-registry";
  const places = [Deno.env.get("SKEG_E2E_PROGRAMS"), isCommon ? Deno.env.get("PATH") : undefined];
  const folders = places.flatMap((place) => (place ?? "").split(delimiter)).filter((folder) => folder !== "");
  const endings = Deno.build.os === "windows" ? [".exe", ""] : [""];
  return folders.flatMap((folder) => endings.map((ending) => join(folder, name + ending)))
    .find((file) => existsSync(file));
}

/** Output and exit status of a program. */
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
  // A program that does not read its input may have exited already.
  await writer.write(new TextEncoder().encode(options.stdin ?? "")).catch(() => {});
  await writer.close().catch(() => {});
  const { code, stdout, stderr } = await child.output();
  const text = (bytes: Uint8Array): string => new TextDecoder().decode(bytes);
  return { code, stdout: text(stdout), stderr: text(stderr) };
}
