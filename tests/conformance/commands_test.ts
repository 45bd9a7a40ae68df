/**
 * Runs the commands of `testdata/charts/empties.jsonl` and compares with what
 * Helm 2.17.0 answered.
 *
 * @module
 */
import { deepEqual, equal } from "node:assert/strict";
import { Buffer } from "node:buffer";
import { spawnSync } from "node:child_process";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { inFolder } from "../_lib/folder.ts";
import { program } from "../_lib/program.ts";

/** A recorded case; see the README beside the file. */
interface CommandCase {
  readonly name: string;
  readonly files: Readonly<Record<string, string>>;
  readonly files_b64?: Readonly<Record<string, string>>;
  readonly commands: readonly (readonly string[])[];
  readonly answers: readonly Answer[];
}

/** The answer of one command. */
interface Answer {
  readonly exit?: number;
  readonly stdout?: string;
  readonly warnings?: readonly string[];
  readonly error?: string;
  readonly crash?: boolean;
  readonly contents?: Readonly<Record<string, string>>;
}

const LOGGED = /^\d{4}\/\d\d\/\d\d \d\d:\d\d:\d\d /;
/** Words of the commands that name files. */
const FILE = /^(?:\.\/)?web(?:$|[-./])|^(?:f|g|none)\.yaml$/;

/** Helm's own folder, with no repositories. */
const HOME = {
  "home/.helm/repository/repositories.yaml": "apiVersion: v1\nrepositories: []\n",
  "home/.helm/repository/local/index.yaml": "apiVersion: v1\nentries: {}\n",
};

function writeFiles(folder: string, { files, files_b64 = {} }: CommandCase): void {
  const write = (path: string, data: string | Uint8Array): void => {
    const file = join(folder, path);
    mkdirSync(path.endsWith("/") ? file : dirname(file), { recursive: true });
    if (!path.endsWith("/")) writeFileSync(file, data);
  };
  for (const [path, text] of Object.entries(files)) write(path, text);
  for (const [path, coded] of Object.entries(files_b64)) write(path, Buffer.from(coded, "base64"));
}

/** Returns the files of a packaged chart, path to text. */
function contents(file: string): Answer {
  const tar = (...args: string[]): string => spawnSync("tar", args, { encoding: "utf8" }).stdout;
  const names = tar("-tzf", file).split("\n").filter((name) => name !== "");
  return { contents: Object.fromEntries(names.map((name) => [name, tar("-xzOf", file, name)])) };
}

/** A word of a command line, where files are not in the current folder. */
function placed(word: string, folder: string): string {
  const [key = "", path] = word.split("=");
  if (path !== undefined && FILE.test(path)) return `${key}=${folder}/${path}`;
  return FILE.test(word) ? `${folder}/${word}` : word;
}

async function answer(folder: string, words: readonly string[]): Promise<Answer> {
  if (words[0] === "contents") return contents(join(folder, words[1] ?? ""));
  const command = words.map((word) => placed(word, folder));
  if (words[0] === "package") command.push("--destination", folder);
  const variables = { HOME: join(folder, "home"), HELM_HOME: join(folder, "home", ".helm"), TZ: "UTC" };
  const { code, stdout, stderr } = await program(command, {
    variables: { ...variables, SKEG_HINTS: "off", SKEG_NAME: "helm" },
  });
  const lines = stderr.split("\n");
  const warnings = lines.filter((line) => LOGGED.test(line)).map((line) => line.replace(LOGGED, "")).sort();
  const error = lines.filter((line) => !LOGGED.test(line)).join("\n").trim();
  return { exit: code, stdout, ...(warnings.length > 0 ? { warnings } : {}), ...(error !== "" ? { error } : {}) };
}

const path = Deno.env.get("SKEG_CASES") ?? new URL("../../testdata/charts/empties.jsonl", import.meta.url);
for (const line of readFileSync(path, "utf8").split("\n").filter((text) => text !== "")) {
  const one = JSON.parse(line) as CommandCase;
  Deno.test(`commands answer as Helm does: ${one.name}`, async () => {
    await inFolder(HOME, async (folder) => {
      writeFiles(folder, one);
      for (const [index, words] of one.commands.entries()) {
        const found = await answer(folder, words);
        const wanted = one.answers[index] ?? {};
        if (wanted.crash) equal(found.exit, 1, words.join(" "));
        else deepEqual(JSON.parse(JSON.stringify(found).replaceAll(`${folder}/`, "")), wanted, words.join(" "));
      }
    });
  });
}
