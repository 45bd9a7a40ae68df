/**
 * Makes `docs/demo.svg`, the terminal in the README, from a real run in the sandbox:
 *
 *     deno run -A tools/make_demo.ts
 *
 * @module
 */
import { join } from "node:path";
import { HAS_TERMINAL, onTerminal } from "../tests/_lib/terminal.ts";
import { screenLines, terminalSvg } from "./_terminal_svg.ts";

const ROOT = join(import.meta.dirname ?? ".", "..");

/** The scene: a release that a Tiller left in 2019, on the cluster of today that the sandbox is. */
const SCENE: readonly string[] = [
  "skeg list",
  "skeg status three",
  "skeg rollback three 1",
  "skeg history three",
];

/** Columns of the terminal. */
const COLUMNS = 116;

if (import.meta.main) {
  if (!HAS_TERMINAL) throw new Error("this needs the program `script` of util-linux");
  const folder = await Deno.makeTempDir({ prefix: "skeg-demo-" });
  const variables = { HOME: folder, SKEG_SANDBOX: join(folder, "sandbox.sqlite"), COLUMNS: String(COLUMNS) };
  const past = new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", "--quiet", "--no-check", join(ROOT, "tests", "docs", "_past.ts")],
    env: variables,
  });
  if (!(await past.output()).success) throw new Error("the release of 2019 could not be made");
  const acts = [];
  for (const command of SCENE) {
    const { text } = await onTerminal(command.split(" ").slice(1), variables);
    acts.push({ command, lines: screenLines(text, COLUMNS) });
  }
  await Deno.writeTextFile(join(ROOT, "docs", "demo.svg"), terminalSvg(acts, { columns: COLUMNS }));
  await Deno.remove(folder, { recursive: true });
}
