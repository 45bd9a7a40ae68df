/**
 * Asks the user's own Helm 3 or 4 whether it sees a migrated release as the records say. Nothing in the cluster is changed: the
 * program reaches it through a gate that passes reads on.
 *
 * @module
 */
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { CrossCheck, Environment, Helm3Release } from "../engine/release/mod.ts";
import { SkegError } from "../errors.ts";
import { findHelm3, type HelmAnswer, inPrivateFolder, runHelm } from "./helm3_program.ts";
import { openReadGate } from "./read_gate.ts";

/** More revisions than any release has. */
const ALL_REVISIONS = "1000000";

/** Runs the program with arguments on the cluster. */
type Ask = (...args: readonly string[]) => Promise<HelmAnswer>;

/**
 * Returns the function that compares a release with what the program's `list`, `history` and `get manifest` show.
 *
 * Of records in a database it says nothing: the program would need its password.
 *
 * @param given The program that the user named; absent: the one on the PATH.
 * @throws SkegError of kind `usage` when there is no Helm 3 or 4.
 */
export async function helm3CrossCheck(
  env: Environment,
  given: string | undefined,
): Promise<CrossCheck> {
  if (given === "none") {
    throw new SkegError("usage", "--with-helm3 asks a Helm 3 or 4: it cannot be used with --helm3 none");
  }
  const program = await findHelm3(given);
  if (program === undefined) {
    throw new SkegError("usage", "--with-helm3 found no Helm 3 or 4 on the PATH", { hint: "Name one with --helm3." });
  }
  return async (release, revisions, storage) => {
    if (storage === "sql") return [];
    return await inPrivateFolder(async (folder) => {
      const gate = await openReadGate(env.kube.cluster.transport);
      try {
        const kubeconfig = join(folder, "kubeconfig");
        await writeFile(kubeconfig, gate.kubeconfig, { mode: 0o600 });
        const variables = {
          HELM_DRIVER: storage,
          HELM_NO_PLUGINS: "1",
          HELM_CACHE_HOME: join(folder, "cache"),
          HELM_CONFIG_HOME: join(folder, "config"),
          HELM_DATA_HOME: join(folder, "data"),
          KUBECACHEDIR: join(folder, "kube"),
          KUBECONFIG: kubeconfig,
        };
        const ask: Ask = (...args) => runHelm(program.command, args, variables, env.signal);
        return (await differences(ask, release, revisions)).map((text) => `helm ${program.version} ${text}`);
      } finally {
        await gate.close();
      }
    });
  };
}

async function differences(ask: Ask, release: Helm3Release, revisions: readonly number[]): Promise<string[]> {
  const { name = "", namespace = "", version = 0, info, manifest = "" } = release;
  const place = ["--namespace", namespace];
  const listed = await ask("list", ...place, "--filter", `^${name.replaceAll(".", "\\.")}$`, "--all", "-o", "json");
  // Helm 4 lists all without the flag.
  const list = /unknown flag/.test(listed.stderr)
    ? await ask("list", ...place, "--filter", `^${name.replaceAll(".", "\\.")}$`, "-o", "json")
    : listed;
  const history = await ask("history", name, ...place, "--max", ALL_REVISIONS, "-o", "json");
  const stored = await ask("get", "manifest", name, ...place, "--revision", String(version));
  const failed = Object.entries({ list, history, "get manifest": stored }).find(([, { isOk }]) => !isOk);
  if (failed !== undefined) return [`${failed[0]} fails: ${failed[1].stderr.trim().split("\n").at(-1)}`];
  const [row] = entriesOf(list.stdout);
  const found = entriesOf(history.stdout).map(({ revision }) => Number(revision)).sort((a, b) => a - b);
  const problems: string[] = [];
  if (Number(row?.["revision"]) !== version || row?.["status"] !== info?.status) {
    problems.push(
      `list shows revision ${row?.["revision"] ?? "none"} ${row?.["status"] ?? ""}, not ${version} ${info?.status}`,
    );
  }
  if (found.join() !== revisions.join()) {
    problems.push(`history shows ${found.length} revisions, and there are ${revisions.length} records`);
  }
  if (stored.stdout.trim() !== manifest.trim()) {
    problems.push(`get manifest shows another manifest of revision ${version}`);
  }
  return problems;
}

/** Returns the rows of a list in JSON. */
function entriesOf(text: string): readonly Record<string, unknown>[] {
  try {
    const list = JSON.parse(text);
    return Array.isArray(list) ? list : [];
  } catch {
    return [];
  }
}
