/**
 * Kills a process after its k-th request, and runs the next command on the state
 * that it left.
 */
import { SkegError } from "../../errors.ts";
import type { Transport } from "../../engine/kube/mod.ts";
import { type Environment, install, rollback, uninstall, upgrade } from "../../engine/release/mod.ts";
import { hookedChart, NAMESPACE, openStage, type Stage, untruths } from "./_stage.ts";

/** A release, the operations on it that are killed, and the commands that are tried afterwards. */
export interface Subject {
  /** The release's name. */
  readonly name: string;
  /** Opens a separate cluster for the test. */
  readonly open: () => Promise<Stage>;
  /** The operations that are killed. */
  readonly victims: readonly Victim[];
  /** Commands that are tried next, besides {@linkcode AGAIN}. */
  readonly remedies: Readonly<Record<string, (env: Environment) => Promise<unknown>>>;
  /** The remedy when nothing is recorded. */
  readonly install: (env: Environment) => Promise<unknown>;
  /** Returns the differences between the records and the cluster, in words. */
  readonly untruths: (stage: Stage) => Promise<string[]>;
}

/** The most common remedy: the same command again. */
export const AGAIN = "the same again";

/** Returns the names of all remedies. */
export function remediesOf(subject: Subject): string[] {
  return [AGAIN, ...Object.keys(subject.remedies)];
}

/** An operation that is killed. */
export interface Victim {
  readonly verb: string;
  /** Prepares the state before the operation. */
  readonly before: (env: Environment) => Promise<void>;
  readonly run: (env: Environment) => Promise<unknown>;
  /** Its command line; the chart of a version is in the folder of that number. */
  readonly argv: readonly string[];
}

/** A chart with a hook for every event; `policy` is the hooks' delete policy, or empty. */
export function hookedSubject(policy: string): Subject {
  const put = (version: number) => ({
    name: "web",
    namespace: NAMESPACE,
    chart: hookedChart(version, policy),
    timeoutSeconds: 10,
  });
  const first = async (env: Environment): Promise<void> => void await install(env, put(1));
  const second = async (env: Environment): Promise<void> => {
    await first(env);
    await upgrade(env, put(2));
  };
  return {
    name: "web",
    open: openStage,
    victims: [
      {
        verb: "install",
        before: async () => {},
        run: (env) => install(env, put(1)),
        argv: ["install", "1", "--name", "web"],
      },
      { verb: "upgrade", before: first, run: (env) => upgrade(env, put(2)), argv: ["upgrade", "web", "2"] },
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
    ],
    remedies: {
      upgrade: (env) => upgrade(env, put(2)),
      rollback: (env) => rollback(env, { name: "web", timeoutSeconds: 10 }),
      "delete --purge": (env) => uninstall(env, { name: "web", purge: true, timeoutSeconds: 10 }),
    },
    install: (env) => install(env, put(1)),
    untruths: (stage) => untruths(stage, "web"),
  };
}

/** The result of one kill and one remedy. */
export interface Outcome {
  /** Records right after the kill: `1 DEPLOYED, 2 PENDING_UPGRADE`; `none`. */
  readonly left: string;
  /** `done`; or the error and the commands that its advice led to. */
  readonly remedy: string;
  /** Problems at the end; empty when there are none. */
  readonly wrong: readonly string[];
  /** False if the operation finished before its k-th request. */
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
export async function playKill(subject: Subject, victim: Victim, k: number, remedy: string): Promise<Outcome> {
  const stage = await subject.open();
  try {
    await victim.before(stage.process());
    const { through, dead } = killedAfter(k);
    const ended = victim.run(stage.process(through)).then(() => true, () => true);
    const killed = !await Promise.race([ended, dead.then(() => false)]);
    if (!killed) return { left: "", remedy: "", wrong: [], killed };
    return { killed, ...await recover(stage, subject, victim, remedy) };
  } finally {
    await stage.close();
  }
}

/** Tries a remedy after a failed operation; when the remedy is refused, follows the hint of the error. */
export async function recover(
  stage: Stage,
  subject: Subject,
  victim: Victim,
  remedy: string,
): Promise<Omit<Outcome, "killed">> {
  const { name } = subject;
  const left = await recordsOf(stage, name);
  const told: string[] = [];
  const wrong: string[] = [];
  let action = remedy === AGAIN ? victim.run : subject.remedies[remedy];
  // Nothing is recorded: installing again is the remedy.
  if (left === "none") {
    told.push("nothing is recorded: install again");
    action = subject.install;
  }
  for (let step = 0; step < 12; step++) {
    try {
      await action?.(stage.process());
      told.push("done");
      break;
    } catch (error) {
      const hint = error instanceof SkegError ? error.hint ?? error.details ?? "" : "";
      told.push(`“${error instanceof Error ? error.message.split("\n", 1)[0] : error}”`);
      // A second install reports that the release exists, so there is nothing left to do.
      if (remedy === AGAIN && victim.verb === "install" && left.endsWith(" DEPLOYED")) {
        told.push("done");
        break;
      }
      const [command] = /'(?:skeg (?!sandbox serve)|kubectl )[^']+'/.exec(hint) ?? [];
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
      } else action = (env) => follow(command.slice(1, -1), env, subject);
    }
  }
  if (told.at(-1) !== "done") wrong.push(`no good end: ${told.join(" → ")}`);
  wrong.push(...await subject.untruths(stage));
  const open = (await stage.records(name)).at(-1)?.info.status.code ?? "";
  if (!["", "DEPLOYED", "DELETED"].includes(open)) wrong.push(`the newest revision is ${open}`);
  return { left, remedy: told.join(" → "), wrong };
}

/** Runs a command that an error named. */
async function follow(command: string, env: Environment, { name, install }: Subject): Promise<void> {
  const [, verb, ...args] = command.split(" ");
  if (verb === "rollback") await rollback(env, { name, revision: Number(args[1] ?? 0), timeoutSeconds: 10 });
  else if (verb === "delete") await uninstall(env, { name, purge: args.includes("--purge"), timeoutSeconds: 10 });
  else if (verb === "install") await install(env);
  else throw new Error(`no such command: ${command}`);
}

/** Such as `1 SUPERSEDED, 2 DEPLOYED`. */
export async function recordsOf(stage: Stage, name: string): Promise<string> {
  const records = await stage.records(name);
  return records.map(({ revision, info }) => `${revision} ${info.status.code}`).join(", ") || "none";
}
