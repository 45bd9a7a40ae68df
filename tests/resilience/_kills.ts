/**
 * A process that is killed after its k-th request, and what the next command
 * makes of what it left behind.
 */
import { SkegError } from "../../errors.ts";
import type { Transport } from "../../engine/kube/mod.ts";
import { type Environment, install, rollback, uninstall, upgrade } from "../../engine/release/mod.ts";
import { hookedChart, NAMESPACE, openStage, type Stage, untruths } from "./_stage.ts";

/** A release that operations are killed on, and what is tried afterwards. */
export interface Subject {
  /** The release's name. */
  readonly name: string;
  /** A cluster of the test's own. */
  readonly open: () => Promise<Stage>;
  /** Everything that may be killed. */
  readonly victims: readonly Victim[];
  /** What is tried next, besides {@linkcode AGAIN}. */
  readonly remedies: Readonly<Record<string, (env: Environment) => Promise<unknown>>>;
  /** When nothing is recorded. */
  readonly install: (env: Environment) => Promise<unknown>;
  /** What is untrue in the records, in words; empty when they and the cluster agree. */
  readonly untruths: (stage: Stage) => Promise<string[]>;
}

/** The remedy that is tried most: the same command once more. */
export const AGAIN = "the same again";

/** Everything that is tried next. */
export function remediesOf(subject: Subject): string[] {
  return [AGAIN, ...Object.keys(subject.remedies)];
}

/** An operation that is killed. */
export interface Victim {
  readonly verb: string;
  /** What there is before. */
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

/** Tries a remedy after an operation that did not end well; when it is refused, does what the error says. */
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
      // Whoever installs again learns that it is done.
      if (remedy === AGAIN && victim.verb === "install" && left.endsWith(" DEPLOYED")) {
        told.push("done");
        break;
      }
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
