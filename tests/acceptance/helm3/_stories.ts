/**
 * Parts that stories of migrations share.
 *
 * @module
 */
import { isObject } from "../../../engine/kube/mod.ts";
import type { Release } from "../../../engine/model/mod.ts";
import { decodeYaml } from "../../../engine/lang/yaml/mod.ts";
import type { Outcome } from "../../_lib/program.ts";
import type { HelmName, Lab } from "./_lab.ts";

/** Notes a check: the problem is empty when it holds. */
export type Check = (what: string, problem: string) => void;

/** Stories by name. */
export type Stories = Readonly<Record<string, (check: Check) => Promise<void>>>;

/** Returns a problem if two values differ. */
export function differs(found: unknown, wanted: unknown): string {
  const [a, b] = [JSON.stringify(found), JSON.stringify(wanted)];
  return a === b ? "" : `${a} instead of ${b}`;
}

/** Returns a problem if a program failed. */
export function failure({ code, stdout, stderr }: Outcome): string {
  return code === 0 ? "" : `exit status ${code}: ${stderr || stdout}`;
}

/** Returns the output of a program; throws when it failed. */
export function good(outcome: Outcome): string {
  const problem = failure(outcome);
  if (problem !== "") throw new Error(problem);
  return outcome.stdout;
}

/** Statuses of Helm 2 as Helm 3 shows them. */
export const STATUSES: Readonly<Record<string, string>> = {
  DEPLOYED: "deployed",
  SUPERSEDED: "superseded",
  FAILED: "failed",
  DELETED: "uninstalled",
};

/** The record of a revision in Helm 3's Secret, decoded; `undefined` if there is none. */
export async function helm3Record(
  lab: Lab,
  namespace: string,
  name: string,
  revision: number,
  // deno-lint-ignore no-explicit-any
): Promise<any> {
  const secret = await lab.read(`/api/v1/namespaces/${namespace}/secrets/sh.helm.release.v1.${name}.v${revision}`);
  if (secret === undefined) return undefined;
  const { release = "" } = (secret.data ?? {}) as Record<string, string>;
  const bytes = Uint8Array.fromBase64(atob(release));
  const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("gzip"));
  return JSON.parse(await new Response(stream).text());
}

/** Migrates a release, and verifies it. */
export async function migrate(lab: Lab, check: Check, name: string, ...words: string[]): Promise<void> {
  const command = ["migrate", "helm3", name, ...words];
  check("plan", failure(await lab.skeg(...command)));
  const done = await lab.skeg(...command, "--yes", "--archive", `${lab.folder}/archives`);
  check("migrate", failure(done));
  check("verify", failure(await lab.skeg("migrate", "helm3", "verify", name)));
}

/** Differences from Helm 2's answers that are right. */
export interface ReadOptions {
  /** True if the stored manifests were mapped to other API versions. */
  readonly isMapped?: boolean;
  /** Names of hooks that Helm 3 does not know, by their files. */
  readonly droppedHooks?: readonly string[];
}

/** Lets a real Helm read a migrated release, and compares with Helm 2's records. */
export async function readBy(
  lab: Lab,
  check: Check,
  helm: HelmName,
  records: readonly Release[],
  { isMapped = false, droppedHooks = [] }: ReadOptions = {},
): Promise<void> {
  const newest = records.at(-1);
  if (newest === undefined) throw new Error("no records");
  const { name, namespace, revision } = newest;
  const run = (...words: string[]): Promise<Outcome> => lab.helm(helm, ...words, "-n", namespace);
  const about = (what: string): string => `${helm} ${what}`;
  const lists = helm === "helm4" ? [] : ["--all"]; // Helm 4 lists all states by default
  const listed = JSON.parse(good(await run("list", ...lists, "-o", "json")));
  check(
    about("list"),
    differs(
      listed.filter((one: { name: string }) => one.name === name).map((one: Record<string, string>) => [
        one.revision,
        one.status,
      ]),
      [[`${revision}`, STATUSES[newest.info.status.code]]],
    ),
  );
  const history = JSON.parse(good(await run("history", name, "--max", "5000", "-o", "json")));
  check(
    about("history"),
    differs(
      history.map((one: Record<string, unknown>) => `${one.revision} ${one.status} ${one.description}`),
      records.map(({ revision, info }) => `${revision} ${STATUSES[info.status.code]} ${info.description}`),
    ),
  );
  const values = good(await run("get", "values", name, "-o", "json"));
  check(
    about("get values"),
    differs(sorted(JSON.parse(values) ?? {}), sorted(decodeYaml(newest.config?.raw || "{}") ?? {})),
  );
  const manifest = good(await run("get", "manifest", name));
  if (!isMapped) check(about("get manifest"), differs(manifest.trim(), newest.manifest.trim()));
  const hooks = good(await run("get", "hooks", name));
  const wanted = newest.hooks.map(({ path }) => path).filter((path) => !droppedHooks.some((one) => path.endsWith(one)));
  const found = [...hooks.matchAll(/^# Source: (.*)$/gm)].map(([, path = ""]) => path);
  check(about("get hooks"), differs(found.toSorted(), wanted.toSorted()));
  const notes = await run("get", "notes", name);
  const own = newest.info.status.notes.trim();
  check(about("get notes"), notes.stdout.includes(own) ? "" : `${notes.stdout} lacks ${own}`);
  check(about("status"), failure(await run("status", name)));
}

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (!isObject(value)) return value;
  return Object.fromEntries(Object.entries(value).sort(([a], [b]) => a < b ? -1 : 1).map(([k, v]) => [k, sorted(v)]));
}

/** Names of the ConfigMaps, Deployments, Jobs … that are left in a namespace, without those that the cluster makes. */
export async function leftIn(lab: Lab, namespace: string): Promise<string[]> {
  const lists = [
    "/api/v1/X/configmaps",
    "/apis/apps/v1/X/deployments",
    "/apis/autoscaling/v2/X/horizontalpodautoscalers",
  ];
  const found = await Promise.all(lists.map(async (path) => {
    const list = await lab.read(path.replace("X", `namespaces/${namespace}`)) as {
      items?: { metadata?: { name?: string } }[];
    };
    return (list.items ?? []).map(({ metadata }) => `${path.split("/").at(-1)}/${metadata?.name}`);
  }));
  return found.flat().filter((name) => name !== "configmaps/kube-root-ca.crt");
}
