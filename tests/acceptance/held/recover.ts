/**
 * Goes on after an operation that did not end: one command, and, when it is
 * refused, whatever its advice names.
 *
 * @module
 */
import type { Release } from "../../../engine/model/mod.ts";
import { sleep } from "./row.ts";
import { type Ended, type Site, statusesOf, untruths } from "./site.ts";

/** How going on went. */
export interface Recovery {
  /** Commands and what came of them, for messages. */
  readonly told: string;
  /** The faults that are left in the end. */
  readonly wrong: readonly string[];
  /** All that was said on standard error. */
  readonly stderr: string;
}

/** Longest chain of advice that is followed. */
const MAX_STEPS = 8;

/** Runs `args`, follows advice until a command ends well, and compares records and cluster. */
export async function recover(site: Site, release: string, args: readonly string[]): Promise<Recovery> {
  const told: string[] = [`left: ${statusesOf(await site.history(release))}`];
  const said: string[] = [];
  const wrong: string[] = [];
  let next = args;
  for (let step = 0;; step++) {
    const ended = await site.run(next);
    said.push(ended.stderr);
    told.push(`${commandOf(next)}: ${ended.code === 0 ? "done" : firstLine(ended)}`);
    if (ended.code === 0) break;
    const isThere = next[0] === "install" && /already exists\.$/m.test(ended.stderr);
    if (isThere && statusesOf(await site.history(release)).endsWith(" DEPLOYED")) break;
    const advised = await followAdvice(site, release, ended.stderr, next);
    if (advised === undefined || step === MAX_STEPS) {
      wrong.push(`nothing leads on: ${told.join(" → ")}`);
      break;
    }
    next = advised;
  }
  wrong.push(...(await untruths(site, release)).map((text) => `${text} (${told.join(" → ")})`));
  return { told: told.join(" → "), wrong, stderr: said.join("\n") };
}

/** Deletes the release for good; nothing may be left but hooks' Jobs that stay by their policy. */
export async function purge(site: Site, release: string): Promise<Recovery> {
  if ((await site.history(release)).length === 0) {
    return { told: "nothing is recorded", wrong: await untruths(site, release), stderr: "" };
  }
  const recovery = await recover(site, release, ["delete", "--purge", release]);
  const left = statusesOf(await site.history(release));
  return left === "none" ? recovery : { ...recovery, wrong: [...recovery.wrong, `records after the purge: ${left}`] };
}

/** The command that an error names; a Job that is in the way is deleted at once. */
async function followAdvice(
  site: Site,
  release: string,
  stderr: string,
  refused: readonly string[],
): Promise<readonly string[] | undefined> {
  const job = /'kubectl delete job (\S+) --namespace/.exec(stderr)?.[1] ??
    /jobs\.batch "(\S+)" already exists$/m.exec(stderr)?.[1];
  if (job !== undefined) {
    const path = `/apis/batch/v1/namespaces/${site.namespace}/jobs/${job}`;
    await site.ask("DELETE", `${path}?propagationPolicy=Background`);
    for (let n = 0; n < 100 && (await site.ask("GET", path)).status !== 404; n++) await sleep(50);
    return refused;
  }
  return /'(?:skeg|helm) ([^']+)'/.exec(stderr)?.[1]?.split(" ") ??
    documented(stderr, release, await site.history(release));
}

/** The command that docs/resilience.md names for an error: advice is not always printed without a terminal. */
function documented(stderr: string, release: string, history: readonly Release[]): string[] | undefined {
  const newest = history.at(-1);
  const rollback = (to: Release | undefined): string[] => ["rollback", release, String(to?.revision ?? 0)];
  const isBegun = /^(PENDING_INSTALL|DELETING|DELETED)$/.test(newest?.info.status.code ?? "");
  if (/already exists\.$|is already deleted/m.test(stderr)) return ["delete", "--purge", release];
  if (/is in progress/.test(stderr)) return rollback(history.findLast(({ info }) => info.status.code === "DEPLOYED"));
  if (/has no deployed releases/.test(stderr)) return isBegun ? ["delete", "--purge", release] : rollback(newest);
  if (/\.v0" not found/.test(stderr)) return rollback(newest);
  return undefined;
}

/** The first line of an error. */
export function firstLine({ stderr, code, signal }: Ended): string {
  const line = stderr.split("\n").find((text) => text.startsWith("Error:")) ?? stderr.split("\n", 1)[0];
  return `${signal ?? code} ${line}`;
}

/** A command without paths, for messages. */
export function commandOf(args: readonly string[]): string {
  return args.map((arg) => arg.includes("/") ? arg.split("/").at(-1) : arg).join(" ");
}
