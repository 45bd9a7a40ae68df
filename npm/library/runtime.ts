/**
 * The parts of Deno's interface that the library uses, for Node and Bun.
 *
 * The bundler puts these two names in place of the globals `Deno` and `Worker` in the npm library. In Deno they are
 * the globals themselves. Elsewhere `Deno` is built on `node:` modules and behaves like Deno as far as the library
 * uses it.
 *
 * @module
 */
// Here, and not beside the entry point: every module of the bundle is evaluated after this one.
import "./missing.ts";
import { createRequire } from "node:module";
import { accessSync, constants } from "node:fs";
import { delimiter, isAbsolute, join } from "node:path";
import process from "node:process";
import { Command } from "./command.ts";
import { SkegError } from "../../errors.ts";

/** The global of this runtime, which only Deno has. */
const host = (globalThis as { Deno?: unknown }).Deno;

const SYSTEMS: Readonly<Record<string, string>> = { win32: "windows" };

/** A class whose instances are the system's errors with one of the codes. */
function errorClass(...codes: string[]): { [Symbol.hasInstance](error: unknown): boolean } {
  return { [Symbol.hasInstance]: (error) => codes.includes(String((error as { code?: unknown } | null)?.code)) };
}

/**
 * Returns the path of a Deno that can run Eta templates: the one of the npm package `deno`, which is an optional
 * dependency of this package, else one on the PATH.
 *
 * @throws Error when there is none.
 */
function denoPath(): string {
  try {
    const api = createRequire(import.meta.url)("deno/install_api.cjs") as { runInstall(): string };
    return api.runInstall();
  } catch {
    // The optional dependency was left out, or it has no program for this system.
  }
  for (const folder of (process.env.PATH ?? "").split(delimiter)) {
    const file = join(folder, process.platform === "win32" ? "deno.exe" : "deno");
    try {
      // A relative entry would start whatever lies in the current folder.
      if (!isAbsolute(folder)) continue;
      accessSync(file, constants.X_OK);
      return file;
    } catch {
      // Not in this one.
    }
  }
  throw new Error("no Deno was found");
}

/** A test as `Deno.test` takes it. */
interface TestDefinition {
  readonly name: string;
  readonly ignore?: boolean;
  readonly fn: () => void | Promise<void>;
}

/** `test` of a runner that puts it among the globals, as vitest (with `globals`), jest and Bun do. */
interface GlobalTest {
  (name: string, work: () => void | Promise<void>): void;
  readonly skip: (name: string, work: () => void | Promise<void>) => void;
}

/** Registers a test with the runner that is there, else with Node's own. */
function registerTest({ name, ignore = false, fn }: TestDefinition): void {
  const { test } = globalThis as { test?: GlobalTest };
  if (typeof test === "function") return ignore ? test.skip(name, fn) : test(name, fn);
  process.getBuiltinModule("node:test").test(name, { skip: ignore }, fn);
}

/** `Deno` on Node and Bun. */
const standIn = {
  args: process.argv.slice(2),
  pid: process.pid,
  cwd: (): string => process.cwd(),
  test: registerTest,
  env: { get: (name: string): string | undefined => process.env[name] },
  build: { os: SYSTEMS[process.platform] ?? process.platform, standalone: false },
  stdin: { isTerminal: (): boolean => process.stdin.isTTY === true },
  errors: { NotFound: errorClass("ENOENT"), PermissionDenied: errorClass("EACCES", "EPERM") },
  execPath: denoPath,
  permissions: { querySync: () => ({ state: "granted" }) },
  unrefTimer: (timer: { unref?(): void }): void => timer.unref?.(),
  serve: (): never => {
    throw new SkegError("sandbox", "the sandbox's server needs Deno", { hint: "Run 'skeg sandbox serve'." });
  },
  Command,
};

/** Deno's global, or what takes its place. */
export const Deno = host ?? standIn;

/** Only Deno's workers can be created without permissions, so no other kind may run templates in JavaScript. */
class NoWorker {
  constructor() {
    throw new SkegError("chart", "charts with `engine: eta` need Deno to be rendered", {
      hint: "Install the npm package deno beside this one, or put Deno 2.9 or newer on the PATH.",
    });
  }
}

/** Deno's global, or a class that refuses to run. */
export const Worker = host === undefined ? NoWorker : (globalThis as { Worker?: unknown }).Worker;
