/**
 * Compares every command, alias, flag, shorthand, type, default and usage text of the real Helm 2.17.0 with
 * the table.
 */
import { deepEqual, equal, ok } from "node:assert/strict";
import { join } from "node:path";
import type { CommandEntry, Flags } from "./_lib/command.ts";
import { GLOBAL_FLAGS } from "./_lib/command.ts";
import { usageLine } from "./_lib/help.ts";
import { defaultValue } from "./_lib/parse.ts";
import { subjectOf } from "./_lib/subject.ts";
import { CONNECTION_SENTENCES, INIT_SENTENCES, REFUSED_SENTENCES } from "./_lib/without_tiller.ts";
import { COMMANDS } from "./mod.ts";

interface HelmFlag {
  readonly name: string;
  readonly shorthand: string | null;
  readonly type: string;
  readonly default: unknown;
  readonly usage: string;
  readonly global: boolean;
}

interface HelmCommand {
  readonly command: string;
  readonly aliases: readonly string[];
  readonly short: string;
  readonly args_usage: string;
  readonly runnable: boolean;
  readonly flags: readonly HelmFlag[];
}

const helm = JSON.parse(
  await Deno.readTextFile(join(import.meta.dirname ?? ".", "..", "testdata", "cli", "helm2-cli.json")),
) as readonly HelmCommand[];

/** Resolves variables for defaults: Helm's list has `$HOME` in place of a user's home. */
const variables = (name: string) => ({ HOME: "$HOME", SKEG_NAME: "helm" })[name];

/** The entries from the root down to a command. */
function pathTo(words: readonly string[]): CommandEntry[] | undefined {
  const path = [COMMANDS];
  for (const word of words) {
    const next = path.at(-1)?.children?.find(({ name }) => name === word);
    if (next === undefined) return undefined;
    path.push(next);
  }
  return path;
}

/** Returns the differences from Helm's command; empty when there are none. */
async function differences(wanted: HelmCommand): Promise<string[]> {
  const path = pathTo(wanted.command.split(" ").slice(1));
  if (path === undefined) return ["missing"];
  const entry = path.at(-1) ?? COMMANDS;
  const subject = await subjectOf(path, variables);
  const usage = subject.command === undefined ? "" : usageLine(path, subject.command);
  const found: string[] = [];
  const compare = (what: string, ours: unknown, theirs: unknown) => {
    if (JSON.stringify(ours) !== JSON.stringify(theirs)) {
      found.push(`${what}: ${JSON.stringify(ours)} instead of ${JSON.stringify(theirs)}`);
    }
  };
  compare("aliases", entry.aliases ?? [], wanted.aliases);
  compare("summary", entry.summary, wanted.short);
  compare("runnable", subject.command !== undefined, wanted.runnable);
  if (wanted.runnable) compare("usage", usage, `${wanted.command} ${wanted.args_usage}`.trimEnd());
  const flags: Flags = { ...subject.globals, ...subject.flags };
  for (const flag of wanted.flags) found.push(...flagDifferences(flags, flag));
  return found;
}

function flagDifferences(flags: Flags, wanted: HelmFlag): string[] {
  const flag = Object.hasOwn(flags, wanted.name) ? flags[wanted.name] : undefined;
  if (flag === undefined) return [`--${wanted.name}: missing`];
  const value = defaultValue(flag, variables);
  const ours = [flag.short ?? null, flag.type, value, flag.usage];
  const theirs = [wanted.shorthand, wanted.type, wanted.default, wanted.usage];
  return JSON.stringify(ours) === JSON.stringify(theirs)
    ? []
    : [`--${wanted.name}: ${JSON.stringify(ours)} instead of ${JSON.stringify(theirs)}`];
}

/** Flags that are accepted or refused because there is no Tiller, by command. */
function meansNothing(command: string, flag: string): boolean {
  if (command === "helm init") return Object.hasOwn(INIT_SENTENCES, flag) || Object.hasOwn(REFUSED_SENTENCES, flag);
  return Object.hasOwn(CONNECTION_SENTENCES, flag);
}

for (const wanted of helm) {
  Deno.test(`the command line of ${wanted.command}`, async () => {
    deepEqual(await differences(wanted), []);
  });
}

Deno.test("the command line of Helm 2.17.0, counted", () => {
  const flags = helm.flatMap(({ command, flags }) => flags.map((flag) => ({ ...flag, command })));
  const own = flags.filter(({ global }) => !global);
  const idle = flags.filter(({ command, name, global }) => !global && meansNothing(command, name));
  const idleEverywhere = flags.filter(({ command, name, global }) =>
    global && command === "helm" && meansNothing(command, name)
  );
  const aliases = helm.flatMap((each) => each.aliases);
  const shorthands = own.filter(({ shorthand }) => shorthand !== null);
  // The counts for the documentation.
  const text = `Helm 2.17.0: ${helm.length} commands, ${aliases.length} aliases, ${own.length} flags of their own ` +
    `(${shorthands.length} with a shorthand), ${Object.keys(GLOBAL_FLAGS).length - 5} global ones; without effect, ` +
    `as there is no Tiller: ${idle.length} of their own, ${idleEverywhere.length} global`;
  Deno.stdout.writeSync(new TextEncoder().encode(`${text}\n`));
  ok(helm.length > 40 && own.length > 300);
  const ours = flags.filter(({ command, global }) => command === "helm" && global).map(({ name }) => name);
  deepEqual(Object.keys(GLOBAL_FLAGS).filter((name) => !ours.includes(name)), [
    "history-max",
    "parallelism",
    "sandbox",
    "sql-connection-string",
    "sql-create-schema",
    "storage",
    "v",
  ]);
});

const WAIT_VIEW = ["fail-fast", "log-lines", "progress"];
const WAITING = ["wait-strict", "wait-ignore", "wait-jobs", "wait-rules", ...WAIT_VIEW];
/** Flags that `install` and `upgrade` share. */
const CHART_CHANGE = [
  ...WAITING,
  "allow-empty",
  "show-release",
  "schema",
  "kube-version",
  "allow-lossy-mapping",
  "skip-removed",
  "removed-apis",
  "adopt",
  "take-ownership",
  "strict-fields",
  "ignore-helm3",
];

Deno.test("flags that Helm's commands do not have are these, all off by default", async () => {
  const ours: Record<string, string[]> = {};
  for (const { command, flags } of helm) {
    const subject = await subjectOf(pathTo(command.split(" ").slice(1)) ?? [], variables);
    const theirs = new Set(flags.map(({ name }) => name));
    for (const [name, flag] of Object.entries(subject.flags)) {
      if (theirs.has(name) || name === "help" || name in GLOBAL_FLAGS || flag.helm3) continue;
      (ours[command] ??= []).push(name);
      const value = defaultValue(flag, variables);
      ok(Array.isArray(value) ? value.length === 0 : !value, name);
    }
  }
  deepEqual(ours, {
    "helm delete": [...WAIT_VIEW, "confirm", "ignore-helm3", "output"],
    "helm dependency build": ["verify-strict"],
    "helm dependency list": ["output"],
    "helm dependency update": ["verify-strict"],
    "helm fetch": ["verify-strict"],
    "helm get": ["output"],
    "helm get hooks": ["output"],
    "helm get manifest": ["output"],
    "helm get notes": ["output"],
    "helm history": ["wide"],
    "helm home": ["output"],
    "helm inspect": ["verify-strict", "output"],
    "helm inspect chart": ["verify-strict", "output"],
    "helm inspect readme": ["verify-strict", "output"],
    "helm inspect values": ["verify-strict", "output"],
    "helm install": [
      ...CHART_CHANGE,
      "verify-strict",
    ],
    "helm lint": ["as-install", "kube-version", "output", "schema", "strict-kubernetes"],
    "helm list": ["all-contexts", "context-timeout", "contexts", "health", "helm3", "print-empty"],
    "helm package": ["output"],
    "helm plugin list": ["output"],
    "helm rollback": [
      ...WAITING,
      "apply",
      "respect-autoscalers",
      "confirm",
      "ignore-helm3",
      "allow-lossy-mapping",
      "skip-removed",
      "output",
    ],
    "helm status": ["allow-empty", "show-resources"],
    "helm template": ["schema"],
    "helm test": ["output", ...WAIT_VIEW, "ignore-helm3", "as-hooks"],
    "helm upgrade": [
      ...CHART_CHANGE,
      "apply",
      "respect-autoscalers",
      "confirm",
      "conditions-from-stored-values",
      "verify-strict",
    ],
    "helm verify": ["verify-strict"],
    "helm version": ["output"],
  });
});

Deno.test("every flag that means nothing without Tiller is one of Helm's, and has its sentence", () => {
  const names = (command: string) => helm.find((each) => each.command === command)?.flags.map(({ name }) => name) ?? [];
  const init = names("helm init");
  for (const [name, sentence] of Object.entries({ ...INIT_SENTENCES, ...REFUSED_SENTENCES })) {
    ok(init.includes(name), name);
    ok(/^[A-Z].*[.]$/.test(sentence), sentence);
  }
  for (const [name, sentence] of Object.entries(CONNECTION_SENTENCES)) {
    ok(names("helm status").includes(name), name);
    ok(/^[A-Z].*[.]$/.test(sentence), sentence);
  }
  equal(Object.keys(CONNECTION_SENTENCES).length, 8);
});
