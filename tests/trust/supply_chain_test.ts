/** The release workflows: they only run actions named by digest, and the job with write permissions runs no code of the repository. */
import { deepEqual, equal, match, ok } from "node:assert/strict";
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { decodeYaml } from "../../engine/lang/yaml/mod.ts";

const ROOT = join(import.meta.dirname ?? ".", "..", "..");
const WORKFLOWS = join(ROOT, ".github", "workflows");

interface Step {
  readonly uses?: string;
  readonly run?: string;
  readonly with?: Readonly<Record<string, unknown>>;
}

interface Job {
  readonly permissions?: Readonly<Record<string, string>>;
  readonly needs?: readonly string[];
  readonly steps: readonly Step[];
}

interface Workflow {
  readonly permissions: Readonly<Record<string, string>>;
  readonly jobs: Readonly<Record<string, Job>>;
}

const plain = (value: unknown): unknown => JSON.parse(JSON.stringify(value));

async function workflows(): Promise<[string, Workflow][]> {
  const names = (await readdir(WORKFLOWS)).filter((name) => /\.ya?ml$/.test(name));
  ok(names.length > 0);
  return await Promise.all(names.map(async (name): Promise<[string, Workflow]> => {
    return [name, plain(decodeYaml(await readFile(join(WORKFLOWS, name), "utf8"))) as Workflow];
  }));
}

Deno.test("workflows name every action by digest, keep no credentials beside the sources, and may only read", async () => {
  for (const [name, { permissions, jobs }] of await workflows()) {
    deepEqual(permissions, { contents: "read" }, name);
    for (const [job, { steps }] of Object.entries(jobs)) {
      for (const { uses, with: given } of steps) {
        if (uses === undefined || uses === "./") continue; // our own action, of the same commit
        match(uses, /^[\w.-]+\/[\w./-]+@[0-9a-f]{40}$/, `${name}, ${job}`);
        if (uses.startsWith("actions/checkout@")) equal(given?.["persist-credentials"], false, `${name}, ${job}`);
      }
    }
  }
});

Deno.test("jobs that may write run no code of the project, no package of others and no test", async () => {
  const mayWrite = (await workflows()).flatMap(([name, { jobs }]) =>
    Object.entries(jobs).filter(([, { permissions }]) => Object.values(permissions ?? {}).includes("write"))
      .map(([job, about]) => [`${name}, ${job}`, about] as const)
  );
  deepEqual(mayWrite.map(([name]) => name), [
    "release.yml, publish",
    "release.yml, image",
    "release.yml, pages",
  ]);
  for (const [name, { steps, needs }] of mayWrite) {
    ok(needs?.includes("test"), `${name} waits for the tests`);
    for (const { uses = "", run = "" } of steps) {
      equal(/checkout|setup-deno|^\.\//.test(uses), false, `${name}: ${uses}`);
      equal(/\bdeno\b|\bnpx\b|npm (?:ci|install|i|test|run)\b/.test(run), false, `${name}: ${run}`);
      if (/npm publish/.test(run)) match(run, /--provenance\b.*--ignore-scripts\b/);
    }
    // Pages are no files that are kept.
    const attests = steps.some(({ uses }) => uses?.startsWith("actions/attest-build-provenance@"));
    equal(attests, !name.endsWith("pages"), `${name} attests`);
  }
});

Deno.test("tasks install the packages of the lock file only", async () => {
  const { tasks } = JSON.parse(await readFile(join(ROOT, "deno.json"), "utf8")) as {
    tasks: Readonly<Record<string, { command: string }>>;
  };
  for (const [name, { command }] of Object.entries(tasks)) {
    equal(/deno install(?! --quiet --frozen)/.test(command), false, name);
    if (/--lock=/.test(command)) match(command, /--lock=\S+ --frozen\b/, name);
  }
});
