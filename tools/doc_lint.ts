/**
 * Checks that all exports of every `mod.ts` are documented, with `deno doc --lint`.
 * Exits 1 when there is a problem.
 *
 * @module
 */
import { join } from "node:path";

/** Returns all front doors (`mod.ts`) below `folder`. */
function frontDoors(folder: string): string[] {
  return [...Deno.readDirSync(folder)].flatMap((entry) => {
    const path = join(folder, entry.name);
    if (entry.isDirectory) return ["node_modules", "testdata", "dist"].includes(entry.name) ? [] : frontDoors(path);
    return entry.name === "mod.ts" ? [path] : [];
  }).sort();
}

const root = join(import.meta.dirname ?? ".", "..");
const doors = [...["cmd", "engine", "storage"].flatMap((room) => frontDoors(join(root, room)))];
if (await Deno.stat(join(root, "mod.ts")).catch(() => undefined)) doors.push(join(root, "mod.ts"));

/** Runs the check on some modules; returns its exit status. */
async function lint(paths: readonly string[]): Promise<number> {
  const { code } = await new Deno.Command(Deno.execPath(), {
    args: ["doc", "--quiet", "--lint", ...paths],
    cwd: root,
    stdout: "inherit",
    stderr: "inherit",
  }).output();
  return code;
}

// What is published is checked alone, too: among all front doors a type counts as exported if any of them exports it.
const published = ["mod.ts", "testing.ts"].map((name) => join(root, name));
Deno.exit(await lint(doors) || await lint(published));
