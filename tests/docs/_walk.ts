/**
 * Walks through a document as its reader: runs its commands in a folder of its own, with `skeg` on the PATH.
 *
 * The sandbox takes the place of the cluster, unless `SKEG_DOCS_KUBECONFIG` names the kubeconfig of a real one.
 *
 * @module
 */
import { existsSync } from "node:fs";
import { dirname, join } from "node:path";
import { decodeYaml } from "../../mod.ts";
import { postgresPrograms, type PostgresServer, startPostgres } from "../_lib/postgres.ts";
import { type Block, blocksOf, callsOf, hasForm } from "./_blocks.ts";

const ROOT = join(import.meta.dirname ?? ".", "..", "..");

/** Output of a block, both streams together. */
interface Output {
  readonly code: number;
  readonly text: string;
}

/** Runs every block of a document; throws at the first that does not do what the document says. */
export async function walk(path: string): Promise<number> {
  const folder = await Deno.makeTempDir({ prefix: "skeg-docs-" });
  const servers: Servers = {};
  try {
    const session = { ...await open(folder), servers };
    let last: Output = { code: 0, text: "" };
    let count = 0;
    for (const block of blocksOf(await Deno.readTextFile(join(ROOT, path)))) {
      const where = `${path}:${block.line}`;
      const output = await runBlock(block, { ...session, where, last });
      if (output === undefined) continue;
      last = output;
      count++;
    }
    return count;
  } finally {
    await endJobs(folder);
    await servers.postgres?.stop();
    await Deno.remove(folder, { recursive: true });
  }
}

/** Time that one block may take. */
const BLOCK_MS = 180_000;

/** Ends what the document's commands left running in the background. */
async function endJobs(folder: string): Promise<void> {
  const pids = await Deno.readTextFile(join(folder, ".jobs")).catch(() => "");
  for (const pid of pids.split("\n").filter((line) => line !== "")) {
    try {
      Deno.kill(Number(pid), "SIGTERM");
    } catch {
      // It has ended already.
    }
  }
}

/** Servers that a document's blocks have asked for. */
interface Servers {
  postgres?: PostgresServer;
}

interface Session {
  readonly servers: Servers;
  readonly folder: string;
  readonly env: Readonly<Record<string, string>>;
}

interface Place extends Session {
  readonly where: string;
  readonly last: Output;
}

/** Makes the reader's folder: the programs, an empty home, and the example charts as in a clone. */
async function open(folder: string): Promise<Omit<Session, "servers">> {
  const bin = join(folder, ".bin");
  await Deno.mkdir(bin);
  await Deno.mkdir(join(folder, ".home"));
  const built = Deno.env.get("SKEG_DOCS_PROGRAM");
  const flags = "--quiet --no-prompt --no-check -R -W -N -E -S --allow-run";
  const program = built ?? `'${Deno.execPath()}' run ${flags} '${join(ROOT, "main.ts")}'`;
  const helper = (file: string): string =>
    `exec '${Deno.execPath()}' run -A --quiet --no-check '${join(ROOT, "tests", "docs", file)}'`;
  // The recipes install the published package, whose place skeg takes here; `.ci/run npm` installs the real one.
  const npx = `shift 2; exec ${program}`;
  const programs = {
    skeg: `exec ${program}`,
    helm: `exec ${program}`,
    "tiller-of-2019": helper("_past.ts"),
    "killed-tiller": helper("_killed.ts"),
    "tiller-was-killed": helper("_interrupted.ts"),
    npx,
    npm: ": ",
  };
  for (const [name, command] of Object.entries(programs)) {
    await Deno.writeTextFile(join(bin, name), `#!/bin/sh\n${command} "$@"\n`, { mode: 0o755 });
  }
  await Deno.mkdir(join(folder, "examples"));
  await Deno.symlink(join(ROOT, "examples", "charts"), join(folder, "examples", "charts"));
  await Deno.symlink(ROOT, join(folder, "skeg"));
  const kubeconfig = Deno.env.get("SKEG_DOCS_KUBECONFIG");
  const home = Deno.env.get("HOME") ?? "/";
  return {
    folder,
    env: {
      PATH: `${bin}:${Deno.env.get("PATH")}`,
      HOME: join(folder, ".home"),
      DENO_DIR: Deno.env.get("DENO_DIR") ?? join(home, ".cache", "deno"),
      NO_COLOR: "1",
      LC_ALL: "C.UTF-8",
      ...(kubeconfig === undefined ? { SKEG_SANDBOX: join(folder, ".sandbox.sqlite") } : { KUBECONFIG: kubeconfig }),
    },
  };
}

/** Runs one block; returns its output if it is one with commands. */
async function runBlock(block: Block, place: Place): Promise<Output | undefined> {
  const { language, words, text } = block;
  const file = words.find((word) => word.startsWith("file="))?.slice("file=".length);
  if (file !== undefined) {
    await Deno.mkdir(dirname(join(place.folder, file)), { recursive: true });
    await Deno.writeTextFile(join(place.folder, file), `${text}\n`);
  }
  const kind = [language, ...words.filter((word) => !word.startsWith("file="))].join(" ");
  switch (kind) {
    case "sh":
      return await succeed(text, place);
    case "sh fails":
      return await fail(text, place);
    case "console":
      return await converse(text, place);
    case "text output":
      if (!hasForm(place.last.text, text)) {
        throw new Error(`${place.where}: the output differs from the document:\n${place.last.text}`);
      }
      return undefined;
    case "yaml workflow":
      return await succeed(workflowCommands(text), place);
    case "yaml gitlab":
      return await succeed(gitlabCommands(text), place);
    case "groovy jenkins":
      return await succeed(jenkinsCommands(text), place);
    case "sh needs-kubectl":
      return hasProgram("kubectl") ? await succeed(text, place) : undefined;
    case "sh needs-postgres":
      return await withPostgres(text, place);
    case "ts ignore":
      return file === undefined ? await runPackaged(text, place) : undefined;
    case "console elsewhere":
    case "sh published":
    case "sh clone":
    case "sh needs-helmfile":
    case "ts":
    case "mermaid":
      return undefined;
    default:
      if (file === undefined) throw new Error(`${place.where}: a block \`${kind}\` is not run by any rule`);
      return undefined;
  }
}

/**
 * Runs a script that imports the npm package, with the sources in its place. Other packages are not here. As JavaScript,
 * because TypeScript leaves out imports that nothing uses, and so would not miss a wrong name.
 */
async function runPackaged(script: string, place: Place): Promise<Output | undefined> {
  if (/from "@/.test(script)) return undefined;
  await Deno.writeTextFile(join(place.folder, "page.js"), script.replaceAll('"skeg"', `"${join(ROOT, "mod.ts")}"`));
  const config = join(ROOT, "deno.json");
  return await succeed(`'${Deno.execPath()}' run -A --quiet --no-check --config '${config}' page.js`, place);
}

/** True if a program is on the PATH. */
function hasProgram(name: string): boolean {
  return (Deno.env.get("PATH") ?? "").split(":").some((folder) => existsSync(join(folder, name)));
}

/** Runs a script with the address of a server of its own; without the server's programs it is left out. */
async function withPostgres(script: string, place: Place): Promise<Output | undefined> {
  const programs = postgresPrograms();
  if (programs === undefined) return undefined;
  place.servers.postgres ??= await startPostgres(programs);
  return await succeed(script.replace(/postgres:\/\/tiller:…@[^']*/, place.servers.postgres.address("public")), place);
}

async function succeed(script: string, place: Place): Promise<Output> {
  const output = await bash(script, place);
  if (output.code !== 0) throw new Error(`${place.where}: exit status ${output.code}:\n${output.text}`);
  return output;
}

/** Runs the commands of a `console` block; one that shows no error must succeed. */
async function converse(text: string, place: Place): Promise<Output> {
  let last = place.last;
  for (const { command, output } of callsOf(text)) {
    last = await bash(command, place);
    const isError = /^(?:Error|UPGRADE FAILED|INSTALL FAILED)/m.test(output);
    if ((last.code !== 0) !== isError || (output !== "" && !hasForm(last.text, output))) {
      throw new Error(`${place.where}: ${command}\nexit status ${last.code}:\n${last.text}`);
    }
  }
  return last;
}

async function fail(script: string, place: Place): Promise<Output> {
  const output = await bash(script, place);
  if (output.code === 0) throw new Error(`${place.where}: the command should fail:\n${output.text}`);
  return output;
}

/** Runs a script after the ones before: in their folder, with their variables. */
async function bash(script: string, { folder, env }: Session): Promise<Output> {
  const state = join(folder, ".state");
  const before = `[ ! -f '${state}' ] || . '${state}'; set -ea\n`;
  const after = `\njobs -p >> '${folder}/.jobs'; trap - EXIT; { export -p; printf 'cd %q\\n' "$PWD"; } > '${state}'\n`;
  // A file, and not a pipe: programs that go on in the background would keep a pipe open.
  const log = join(folder, ".output");
  const { code } = await new Deno.Command("bash", {
    args: ["-c", `exec > '${log}' 2>&1\n${before}${script}${after}`],
    cwd: folder,
    clearEnv: true,
    env: { ...env },
    stdin: "null",
    stdout: "null",
    stderr: "null",
    signal: AbortSignal.timeout(BLOCK_MS),
  }).output();
  return { code, text: await Deno.readTextFile(log) };
}

/** The data of a YAML block, as any. */
// deno-lint-ignore no-explicit-any
function data(text: string): any {
  return decodeYaml(text);
}

/** The `run` steps of a workflow of GitHub Actions. */
function workflowCommands(text: string): string {
  const { jobs } = data(text) as { jobs: Record<string, { steps: { run?: string; uses?: string }[] }> };
  const steps = Object.values(jobs).flatMap((job) => job.steps);
  for (const { uses } of steps) {
    if (uses !== undefined && !/@(?:[0-9a-f]{40}|v0\.1\.0)$/.test(uses)) throw new Error(`${uses} names no digest`);
  }
  return steps.flatMap(({ run }) => run ?? []).join("\n");
}

/** The scripts of the jobs of a GitLab pipeline. */
function gitlabCommands(text: string): string {
  const jobs = Object.values(data(text) as Record<string, { before_script?: string[]; script?: string[] }>);
  return jobs.flatMap((job) => [...job?.before_script ?? [], ...job?.script ?? []]).join("\n");
}

/** The `sh` steps of a Jenkinsfile. */
function jenkinsCommands(text: string): string {
  const steps = [...text.matchAll(/\bsh '([^']*)'/g)].map((match) => match[1] ?? "");
  if (steps.length === 0) throw new Error("the Jenkinsfile has no steps");
  return steps.join("\n");
}
