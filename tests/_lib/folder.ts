/**
 * Temporary folders with files, for tests.
 *
 * @module
 */
import { dirname, join } from "node:path";

/** Writes `files` into a new folder, runs `work` with its path, and removes it. */
export async function inFolder<T>(
  files: Readonly<Record<string, string>>,
  work: (folder: string) => Promise<T>,
): Promise<T> {
  const folder = await Deno.makeTempDir({ prefix: "skeg-test-" });
  try {
    for (const [path, text] of Object.entries(files)) {
      const file = join(folder, path);
      await Deno.mkdir(dirname(file), { recursive: true });
      await Deno.writeTextFile(file, text);
    }
    return await work(folder);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}
