/**
 * Empty words, as `"$UNSET"` gives them: every command with an empty argument, and every flag that takes a value with an
 * empty one, ends without the runtime's own words.
 */
import { equal, ok } from "node:assert/strict";
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { COMMANDS } from "../../cmd/mod.ts";
import { inFolder } from "../_lib/folder.ts";
import { type Outcome, program } from "../_lib/program.ts";
import { FILES } from "./_files.ts";

/** Words of the runtime and of programs that are no message for a person. */
const NOT_OURS =
  /Empty path is not allowed|\(os error|ENOENT|EISDIR|EINVAL|\bNotFound:|TypeError|RangeError|Invalid URL|is not a function|Cannot read properties|\[object |\bundefined\b|\bNaN\b|\n +at /;

/** Commands that serve until they are stopped, and those that write into the current folder. */
const LEFT_OUT = new Set(["serve", "sandbox serve", "ui", "create", "docs", "repo index", "export"]);

type CommandEntry = typeof COMMANDS;
type Command = Awaited<ReturnType<NonNullable<CommandEntry["load"]>>>["command"];

/** A command, its words, and its file. */
interface Leaf {
  readonly words: readonly string[];
  readonly command: Command;
}

async function leaves({ children = [], load }: CommandEntry, words: readonly string[]): Promise<Leaf[]> {
  const own = load === undefined || words.length === 0 ? [] : [{ words, command: (await load()).command }];
  const below = await Promise.all(children.map((child) => leaves(child, [...words, child.name])));
  return [...own, ...below.flat()].filter((leaf) => !LEFT_OUT.has(leaf.words.join(" ")));
}

/** Arguments that a command's arguments may be, by their source. */
const SENSIBLE: Readonly<Record<string, string>> = {
  release: "base",
  chart: "DIR/web",
  folder: "DIR",
  file: "DIR/web/Chart.yaml",
};

function sensibleArgs({ completes }: Command): string[] {
  return (completes?.sources ?? []).map((source) => typeof source === "string" ? SENSIBLE[source] ?? "word" : "word");
}

Deno.test("an empty word is answered in words for people, whatever takes it", () =>
  inFolder(FILES, async (folder) => {
    const home = join(folder, "home");
    await mkdir(join(home, "plugins"), { recursive: true });
    const variables = { HELM_HOME: home, HOME: folder, SKEG_SANDBOX: join(folder, "state.db"), TZ: "UTC" };
    const run = (words: readonly string[]): Promise<Outcome> =>
      program(words.map((word) => word.replace("DIR", folder)), { own: true, variables, stdin: "" });
    equal((await run(["install", "DIR/web", "--name", "base"])).code, 0);
    const all = await leaves(COMMANDS, []);
    ok(all.length > 60, `${all.length} commands`);
    const wrong: string[] = [];
    const check = async (words: readonly string[]): Promise<void> => {
      const { code, stdout, stderr } = await run(words);
      const line = words.map((word) => word === "" ? '""' : word).join(" ");
      if (NOT_OURS.test(stderr)) wrong.push(`${line}: ${stderr}`);
      if (code !== 0 && stdout + stderr === "") wrong.push(`${line}: exit status ${code} without a word`);
    };
    for (const { words, command } of all) {
      const args = sensibleArgs(command);
      await check([...words, ""]);
      for (const at of args.keys()) await check([...words, ...args.map((arg, index) => index === at ? "" : arg)]);
      for (const [name, { type }] of Object.entries(command.flags)) {
        if (type === "bool") continue;
        await check([...words, ...args, `--${name}`, ""]);
        await check([...words, ...args, `--${name}=`]);
      }
    }
    equal(wrong.length, 0, wrong.join("\n"));
  }));
