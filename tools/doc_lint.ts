/**
 * Checks that everything a `mod.ts` exports is documented: `deno doc --lint`
 * on each front door. Exits 1 when one of them has a complaint.
 *
 * @module
 */
import { join } from "node:path";

/** All front doors below `folder`. */
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
const { code } = await new Deno.Command(Deno.execPath(), {
  args: ["doc", "--quiet", "--lint", ...doors],
  cwd: root,
  stdout: "inherit",
  stderr: "inherit",
}).output();
Deno.exit(code);
