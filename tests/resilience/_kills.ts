/**
 * A process that is killed after its k-th request, and what the next command
 * makes of what it left behind.
 */
import { SkegError } from "../../errors.ts";
import type { Transport } from "../../engine/kube/mod.ts";
import { type Environment, install, rollback, uninstall, upgrade } from "../../engine/release/mod.ts";
import { hookedChart, NAMESPACE, openStage, type Stage, untruths } from "./_stage.ts";

/** An operation that is killed. */
export interface Victim {
  readonly verb: string;
  /** What there is before. */
  readonly before: (env: Environment, policy: string) => Promise<void>;
  readonly run: (env: Environment, policy: string) => Promise<unknown>;
  /** Its command line; the chart of a version is in the folder of that number. */
  readonly argv: readonly string[];
}

const put = (version: number, policy: string) => ({
  name: "web",
  namespace: NAMESPACE,
  chart: hookedChart(version, policy),
  timeoutSeconds: 10,
});
const first = async (env: Environment, policy: string): Promise<void> => void await install(env, put(1, policy));
const second = async (env: Environment, policy: string): Promise<void> => {
  await first(env, policy);
  await upgrade(env, put(2, policy));
};

/** Everything that may be killed. */
export const VICTIMS: readonly Victim[] = [
  {
    verb: "install",
    before: async () => {},
    run: (env, policy) => install(env, put(1, policy)),
    argv: ["install", "1", "--name", "web"],
  },
  { verb: "upgrade", before: first, run: (env, policy) => upgrade(env, put(2, policy)), argv: ["upgrade", "web", "2"] },
  {
    verb: "rollback",
    before: second,
    run: (env) => rollback(env, { name: "web", revision: 1, timeoutSeconds: 10 }),
    argv: ["rollback", "web", "1"],
  },
  {
    verb: "delete",
    before: second,
    run: (env) => uninstall(env, { name: "web", timeoutSeconds: 10 }),
    argv: ["delete", "web"],
  },
  {
    verb: "delete --purge",
    before: second,
    run: (env) => uninstall(env, { name: "web", purge: true, timeoutSeconds: 10 }),
    argv: ["delete", "--purge", "web"],
  },
];

/** What somebody tries next. */
export const REMEDIES: Readonly<Record<string, (env: Environment, policy: string) => Promise<unknown>>> = {
  upgrade: (env, policy) => upgrade(env, put(2, policy)),
  rollback: (env) => rollback(env, { name: "web", timeoutSeconds: 10 }),
  "delete --purge": (env) => uninstall(env, { name: "web", purge: true, timeoutSeconds: 10 }),
};

/** What came of one kill and one remedy. */
export interface Outcome {
  /** Records right after the kill: `1 DEPLOYED, 2 PENDING_UPGRADE`; `none`. */
  readonly left: string;
  /** `done`; or the error and the commands that its advice led to. */
  readonly remedy: string;
  /** What is wrong in the end; empty when all is well. */
  readonly wrong: readonly string[];
  /** False when the operation was done before its k-th request. */
  readonly killed: boolean;
}

/** Lets an operation send `k` requests; the answer to the last one never arrives. */
export function killedAfter(k: number): { through: (next: Transport) => Transport; dead: Promise<void> } {
  let sent = 0;
  const { promise: dead, resolve: die } = Promise.withResolvers<void>();
  const never = new Promise<never>(() => {});
  const through = (next: Transport): Transport => async (request) => {
    if (++sent > k) return await never;
    const mine = sent;
    const answer = await next(request);
    if (mine === k) die();
    return sent >= k ? await never : answer;
  };
  return { through, dead };
}

/** Kills an operation after its `k`-th request, in this process, and tries one remedy. */
export async function playKill(victim: Victim, k: number, remedy: string, policy: string): Promise<Outcome> {
  const stage = await openStage();
  try {
    await victim.before(stage.process(), policy);
    const { through, dead } = killedAfter(k);
    const ended = victim.run(stage.process(through), policy).then(() => true, () => true);
    const killed = !await Promise.race([ended, dead.then(() => false)]);
    if (!killed) return { left: "", remedy: "", wrong: [], killed };
    return { killed, ...await recover(stage, remedy, policy) };
  } finally {
    await stage.close();
  }
}

/** Tries a remedy; when it is refused, does what the error says. */
export async function recover(stage: Stage, remedy: string, policy: string): Promise<Omit<Outcome, "killed">> {
  const left = await recordsOf(stage);
  const told: string[] = [];
  const wrong: string[] = [];
  let action = REMEDIES[remedy];
  // Nothing is recorded: installing again is the remedy.
  if (left === "none") {
    told.push("nothing is recorded: install again");
    action = (env, given) => install(env, put(1, given));
  }
  for (let step = 0; step < 12; step++) {
    try {
      await action?.(stage.process(), policy);
      told.push("done");
      break;
    } catch (error) {
      const hint = error instanceof SkegError ? error.hint ?? error.details ?? "" : "";
      told.push(`“${error instanceof Error ? error.message : error}”`);
      const [command] = /'(?:skeg|kubectl) [^']+'/.exec(hint) ?? [];
      if (command === undefined) {
        wrong.push(`nothing says what to do about: ${told.at(-1)}`);
        break;
      }
      told.push(command.slice(1, -1));
      const leftover = /kubectl delete job (\S+)/.exec(command);
      if (leftover !== null) {
        await stage.cluster.transport({
          method: "DELETE",
          path: `/apis/batch/v1/namespaces/${NAMESPACE}/jobs/${leftover[1]}?propagationPolicy=Background`,
        });
      } else action = (env, given) => follow(command.slice(1, -1), env, given);
    }
  }
  if (told.at(-1) !== "done") wrong.push(`no good end: ${told.join(" → ")}`);
  wrong.push(...await untruths(stage, "web"));
  const open = (await stage.records("web")).at(-1)?.info.status.code ?? "";
  if (!["", "DEPLOYED", "DELETED"].includes(open)) wrong.push(`the newest revision is ${open}`);
  return { left, remedy: told.join(" → "), wrong };
}

/** Runs a command that an error named. */
async function follow(command: string, env: Environment, policy: string): Promise<void> {
  const [, verb, ...args] = command.split(" ");
  const name = "web";
  if (verb === "rollback") await rollback(env, { name, revision: Number(args[1] ?? 0), timeoutSeconds: 10 });
  else if (verb === "delete") await uninstall(env, { name, purge: args.includes("--purge"), timeoutSeconds: 10 });
  else if (verb === "install") await install(env, put(1, policy));
  else throw new Error(`no such command: ${command}`);
}

/** Such as `1 SUPERSEDED, 2 DEPLOYED`. */
export async function recordsOf(stage: Stage): Promise<string> {
  const records = await stage.records("web");
  return records.map(({ revision, info }) => `${revision} ${info.status.code}`).join(", ") || "none";
}
