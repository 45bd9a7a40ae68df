/**
 * Asks the user's own Helm 3 or 4 what an upgrade renders. Nothing in the cluster is changed: the program gets a copy of the record in
 * its memory, and reaches the cluster through a gate that passes reads on.
 *
 * Source: Helm 3.22.0, `cmd/helm/helm.go` (`loadReleasesInMemory`); Helm 4.3.1, `pkg/cmd/root.go`.
 *
 * @module
 */
import { execFile } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import process from "node:process";
import { SkegError } from "../errors.ts";
import type { Helm3Answer, Helm3Question, Helm3Renderer } from "../engine/release/mod.ts";
import { encodeYaml } from "../engine/lang/yaml/mod.ts";
import { parseValues } from "../engine/chart/values/mod.ts";
import type { Transport } from "../engine/kube/mod.ts";
import { openReadGate } from "./read_gate.ts";

/** Names that are looked for on the PATH. */
const NAMES = ["helm3", "helm", "helm4"] as const;

/** A program that renders as Helm 3 or 4. */
export interface Helm3Program {
  /** As it is started: a path, or a name on the PATH. */
  readonly command: string;
  /** Such as `v3.22.0`. */
  readonly version: string;
}

/**
 * Returns the Helm 3 or 4 of this machine; `undefined` if there is none.
 *
 * @param given The program that the user named; absent: `helm3`, `helm` or `helm4` on the PATH.
 * @throws SkegError of kind `usage` when the named program is not a Helm 3 or 4.
 */
export async function findHelm3(given?: string): Promise<Helm3Program | undefined> {
  for (const command of given === undefined ? NAMES : [given]) {
    const version = await versionOf(command);
    if (version !== undefined && /^v[34]\./.test(version)) return { command, version };
    if (given !== undefined) {
      const found = version === undefined ? "it cannot be started, or is another program" : `it is Helm ${version}`;
      throw new SkegError("usage", `${given} is not a Helm 3 or 4: ${found}`, {
        hint: "Name another program with --helm3. Without the flag, helm3, helm and helm4 are looked for on the PATH.",
      });
    }
  }
  return undefined;
}

/** Returns the version of a Helm; `undefined` if it does not start, or is another program. */
async function versionOf(command: string): Promise<string | undefined> {
  // Helm 2 asks its Tiller unless it is told not to; Helm 4 does not know that flag.
  for (const args of [["version", "--client", "--short"], ["version", "--short"]]) {
    const answer = await runHelm(command, args, { HELM_NO_PLUGINS: "1" }).catch(() => undefined);
    if (answer === undefined) return undefined;
    const version = /v\d+\.\d+[-.\w]*/.exec(answer.stdout)?.[0];
    if (answer.isOk && version !== undefined) return version;
    if (!/unknown (shorthand )?flag/.test(answer.stderr)) return undefined;
  }
  return undefined;
}

/** The end of a program. */
export interface HelmAnswer {
  /** True for exit status 0. */
  readonly isOk: boolean;
  /** Its standard output. */
  readonly stdout: string;
  /** Its standard error. */
  readonly stderr: string;
}

/** The largest output that is read: a manifest of some thousand objects has a few megabytes. */
const OUTPUT_BYTES_MAX = 256 * 1024 * 1024;

/**
 * Runs a Helm to its end; rejects if it cannot be started. Only modules of Node are used, for the library runs there as well.
 *
 * @param variables Of its environment. No other variables of Helm or of Kubernetes reach it.
 */
export function runHelm(
  command: string,
  args: readonly string[],
  variables: Readonly<Record<string, string>>,
  signal?: AbortSignal,
): Promise<HelmAnswer> {
  const own = Object.entries(process.env).filter(([name]) => !/^(HELM|KUBE)/.test(name));
  const env = { ...Object.fromEntries(own), ...variables };
  const options = { env, maxBuffer: OUTPUT_BYTES_MAX, encoding: "utf8", signal } as const;
  return new Promise((resolve, reject) => {
    const child = execFile(command, args, options, (error, stdout, stderr) => {
      // A number is an exit status; a text says why nothing was started.
      if (error !== null && typeof error.code !== "number") reject(error);
      else resolve({ isOk: error === null, stdout, stderr });
    });
    child.stdin?.end();
  });
}

/**
 * Returns a renderer that asks a program.
 *
 * @param transport Reaches the cluster.
 */
export function helm3Renderer(program: Helm3Program, transport: Transport): Helm3Renderer {
  return { name: `helm ${program.version}`, render: (question) => ask(program, transport, question) };
}

async function ask(program: Helm3Program, transport: Transport, question: Helm3Question): Promise<Helm3Answer> {
  return await inPrivateFolder(async (folder) => {
    const gate = await openReadGate(transport);
    try {
      const files = await writeInput(folder, question, gate.kubeconfig);
      const variables = {
        HELM_DRIVER: "memory",
        HELM_MEMORY_DRIVER_DATA: files.record,
        HELM_NO_PLUGINS: "1",
        HELM_CACHE_HOME: join(folder, "cache"),
        HELM_CONFIG_HOME: join(folder, "config"),
        HELM_DATA_HOME: join(folder, "data"),
        KUBECACHEDIR: join(folder, "kube"),
        KUBECONFIG: files.kubeconfig,
      };
      const args = [
        "upgrade",
        question.name,
        question.chartPath ?? files.chart,
        "-n",
        question.namespace,
        "-o",
        "json",
      ];
      const first = await runHelm(program.command, [...args, "--dry-run=server"], variables, question.signal);
      // Before 3.13 the flag had no value.
      const isOld = !first.isOk && /invalid argument|strconv\.ParseBool/.test(first.stderr);
      const answer = isOld ? await runHelm(program.command, [...args, "--dry-run"], variables, question.signal) : first;
      return readAnswer(answer);
    } finally {
      await gate.close();
    }
  });
}

/** Runs a task with a folder that only this user may enter, and removes it, also when the process is ended meanwhile. */
export async function inPrivateFolder<T>(task: (folder: string) => Promise<T>): Promise<T> {
  const folder = await mkdtemp(join(tmpdir(), "skeg-helm3-"));
  const remove = (): void => rmSync(folder, { recursive: true, force: true });
  const leave = (): void => {
    remove();
    process.exit(130);
  };
  const signals = process.platform === "win32" ? ["SIGINT"] as const : ["SIGINT", "SIGTERM", "SIGHUP"] as const;
  for (const signal of signals) process.on(signal, leave);
  try {
    return await task(folder);
  } finally {
    for (const signal of signals) process.off(signal, leave);
    await rm(folder, { recursive: true, force: true });
  }
}

async function writeInput(folder: string, question: Helm3Question, kubeconfig: string) {
  const { name, namespace, revision, chart, config } = question;
  const { metadata } = chart;
  const record = [{
    name,
    namespace,
    version: revision - 1,
    manifest: "",
    info: { status: "deployed", first_deployed: "", last_deployed: "", deleted: "" },
    chart: { metadata: { name: metadata.name, version: metadata.version ?? "", apiVersion: "v1" } },
    config: parseValues(config),
  }];
  const files = {
    record: join(folder, "record.yaml"),
    chart: join(folder, "chart.tgz"),
    kubeconfig: join(folder, "kubeconfig"),
  };
  await writeFile(files.record, encodeYaml(record), { mode: 0o600 });
  await writeFile(files.kubeconfig, kubeconfig, { mode: 0o600 });
  if (question.chartPath === undefined) {
    // Packages and their signatures are many modules, and the library's types reach this file.
    const { chartArchive } = await import("../engine/chart/package/mod.ts");
    await writeFile(files.chart, chartArchive(chart), { mode: 0o600 });
  }
  return files;
}

/** Failures of the chart, in the words of Helm; others are the program's own. */
const OF_CHART = new RegExp(
  "template: |execution error at|parse error (at|in)|YAML parse error|values don't meet|chart requires kubeVersion|" +
    "validation: |type mismatch on|missing in charts/|cannot load|chart.metadata|error unpacking|rendering template failed|" +
    "error converting YAML|error while running post render",
);

/** Returns a failure of a template as Helm 3 words it: in one line. Helm 4 writes the place, the action and the reason below each other. */
function inOneLine(message: string): string {
  const place = /^(\S+:\d+:\d+)\n +(?=executing )/gm;
  if (!place.test(message)) return message;
  return message.replace(place, "template: $1: ").replace(/:\n\s*/g, ": ");
}

function readAnswer({ isOk, stdout, stderr }: HelmAnswer): Helm3Answer {
  if (isOk) {
    const { manifest = "", hooks = [] } = JSON.parse(stdout) as Record<string, never>;
    return { manifest: String(manifest), hooks: hooksOf(hooks), log: stderr };
  }
  const message = inOneLine(/^Error: (?:UPGRADE FAILED: )?([\s\S]*)$/m.exec(stderr)?.[1]?.trim() ?? stderr.trim());
  if (OF_CHART.test(message)) return { failure: message, log: stderr };
  throw new SkegError("io", `the program could not render: ${message.split("\n", 1)[0] ?? ""}`);
}

function hooksOf(hooks: unknown): { kind: string; name: string; events: string[]; manifest: string }[] {
  if (!Array.isArray(hooks)) return [];
  return hooks.map(({ kind = "", name = "", events = [], manifest = "" }) => ({
    kind: String(kind),
    name: String(name),
    events: Array.isArray(events) ? events.map(String) : [],
    manifest: String(manifest),
  }));
}
