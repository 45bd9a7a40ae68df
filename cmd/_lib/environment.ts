/**
 * Puts together what operations act on: the cluster or the sandbox, the place
 * of the records, the clock, randomness, and who is told of what happens.
 *
 * @module
 */
import type { Environment } from "../../engine/release/mod.ts";
import type { Transport } from "../../engine/kube/mod.ts";
import { quote } from "../../engine/base/mod.ts";
import { environmentOf, openTarget, RECORDS_NAMESPACE } from "../../app/open_target.ts";
import type { Context, Flags } from "./command.ts";
import { tellRisk } from "./log.ts";
import { say } from "./print.ts";
import { progressOn } from "./progress.ts";
import type { Signals } from "./signals.ts";
import { tellOfTiller } from "./tiller_notice.ts";
import { noteFlagsWithoutEffect } from "./without_tiller.ts";

/** The operations on releases. */
export type Operations = typeof import("../../engine/release/mod.ts");

/** What a command works with. */
export interface Workplace {
  /** Loaded while the cluster is opened: help pages need none of it. */
  readonly operations: Operations;
  readonly environment: Environment;
  /** Namespace of the kubeconfig's context, or `default`. */
  readonly namespace: string;
}

/** How a command opens its cluster. */
export interface WithEnvironmentOptions {
  /** Whether to say, before the first change, that a Tiller runs; default true. */
  readonly tellOfTiller?: boolean;
  /** Whether the command is one that changes something. */
  readonly changes?: boolean;
}

/** Opens the cluster or the sandbox, runs `work`, and closes it again. */
export async function withEnvironment<F extends Flags, T>(
  context: Context<F>,
  work: (workplace: Workplace) => Promise<T>,
  options: WithEnvironmentOptions = {},
): Promise<T> {
  const { globals, print, signal, variables } = context;
  noteFlagsWithoutEffect(context);
  if (globals.debug) say(print, `[debug] SERVER: ${quote(globals.host)}\n\n`);
  const progress = progressOn(print, globals.debug);
  const operations = import("../../engine/release/mod.ts");
  const opened = await openTarget({
    kubeconfig: globals.kubeconfig,
    context: globals["kube-context"],
    sandbox: globals.sandbox,
    parallelism: globals.parallelism,
    variables,
    signal,
    warn: tellRisk(context),
  });
  const namespace = globals["tiller-namespace"] || RECORDS_NAMESPACE;
  const { transport, release } = holdFromFirstChange(opened.transport, context);
  const held = { ...opened, transport };
  const cluster = options.tellOfTiller === false ? held : {
    ...held,
    transport: tellOfTiller(held, namespace, print, {
      changes: options.changes,
      storage: globals.storage,
      historyMax: isGiven(context, "history-max", "TILLER_HISTORY_MAX") ? globals["history-max"] : undefined,
    }),
  };
  try {
    const environment = await environmentOf(cluster, {
      storage: globals.storage,
      tillerNamespace: globals["tiller-namespace"],
      historyMax: globals["history-max"],
      report: progress.report,
      signal,
    });
    return await work({ operations: await operations, environment, namespace: cluster.namespace });
  } finally {
    progress.end();
    await opened.close();
    release();
  }
}

/**
 * Returns a transport that holds signals before the first request that changes something: from then on there is a
 * release to be recorded as FAILED. Before it, and in commands that only look, a signal ends the process.
 */
function holdFromFirstChange(
  transport: Transport,
  { holdSignals }: Pick<Signals, "holdSignals">,
): { readonly transport: Transport; readonly release: () => void } {
  let release: (() => void) | undefined;
  return {
    transport: (request) => {
      if (request.method !== "GET") release ??= holdSignals();
      return transport(request);
    },
    release: () => release?.(),
  };
}

/** True when the user set a global flag, on the command line or by its variable. */
function isGiven<F extends Flags>({ given, variables }: Context<F>, flag: string, variable: string): boolean {
  return given.has(flag) || (variables(variable) ?? "") !== "";
}
