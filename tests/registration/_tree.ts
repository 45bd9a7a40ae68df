/**
 * A copy of the sources to which a test adds things.
 *
 * @module
 */
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const ROOT = fileURLToPath(new URL("../../", import.meta.url));

/** The parts of the project that the added things are run with. */
const PARTS = [
  "app",
  "cmd",
  "engine",
  "storage",
  "tests/_lib",
  "deno.json",
  "deno.lock",
  "errors.ts",
  "main.ts",
  "mod.ts",
  "package.json",
];

/** A copy of the sources, removed when it is disposed. */
export class Tree {
  readonly #folder = mkdtempSync(join(tmpdir(), "skeg-registration-"));
  #touched = new Set<string>();

  constructor() {
    for (const part of PARTS) {
      const from = join(ROOT, part);
      if (existsSync(from)) cpSync(from, join(this.#folder, part), { recursive: true });
    }
    symlinkSync(join(ROOT, "node_modules"), join(this.#folder, "node_modules"));
  }

  /** Writes a new file. */
  write(path: string, text: string): void {
    const full = join(this.#folder, path);
    if (existsSync(full)) throw new Error(`${path} is there already`);
    mkdirSync(dirname(full), { recursive: true });
    writeFileSync(full, text);
    this.#touched.add(path);
  }

  /** Adds lines to a file, in front of the first line that contains `before`. */
  insert(path: string, before: string, ...lines: string[]): void {
    this.edit(path, (text) => {
      const all = text.split("\n");
      const at = all.findIndex((line) => line.includes(before));
      if (at < 0) throw new Error(`${path} has no line with ${JSON.stringify(before)}`);
      return all.toSpliced(at, 0, ...lines).join("\n");
    });
  }

  /** Changes a file. */
  edit(path: string, change: (text: string) => string): void {
    const full = join(this.#folder, path);
    const text = readFileSync(full, "utf8");
    const changed = change(text);
    if (changed === text) throw new Error(`${path} is unchanged`);
    writeFileSync(full, changed);
    this.#touched.add(path);
  }

  /** Returns the files that were written or changed since the last call. */
  touched(): string[] {
    const files = [...this.#touched].sort();
    this.#touched = new Set();
    return files;
  }

  /** Runs the tests of a file in the copy. Returns what they printed, and whether all passed. */
  async test(path: string): Promise<{ ok: boolean; output: string }> {
    const permissions = ["-R", "-W", "-N", "-E", "-S", "--allow-run"];
    const { success, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
      args: ["test", ...permissions, "--no-check", "--cached-only", "--quiet", path],
      cwd: this.#folder,
      env: { NO_COLOR: "1" },
    }).output();
    return { ok: success, output: new TextDecoder().decode(stdout) + new TextDecoder().decode(stderr) };
  }

  [Symbol.dispose](): void {
    rmSync(this.#folder, { recursive: true });
  }
}
