/**
 * Creates the environment of operations: the cluster or the sandbox, the storage of records, the clock,
 * randomness, and the receiver of events.
 *
 * @module
 */
import type { Environment } from "../../engine/release/mod.ts";
import type { Cluster, Transport } from "../../engine/kube/mod.ts";
import { quote } from "../../engine/base/mod.ts";
import type { Driver } from "../../storage/mod.ts";
import { environmentOf, openTarget } from "../../app/open_target.ts";
import { RECORDS_NAMESPACE } from "../../engine/model/mod.ts";
import type { Context, Flags } from "./command.ts";
import { SkegError } from "../../errors.ts";
import { programName } from "./program_name.ts";
import { checkReadSandbox, sqlPlaceOf, targetOf } from "./target.ts";
import { tellRisk } from "./log.ts";
import { say } from "./print.ts";
import { listenTo } from "./server_words.ts";
import { chosenKind, progressOn } from "./progress.ts";
import type { ProgressOutcome } from "./event_lines.ts";
import type { Signals } from "./signals.ts";
import { tellOfTiller } from "./tiller_notice.ts";
import { progressKind, type WaitFlagValues, waitSettings } from "./wait_flags.ts";
import { noteFlagsWithoutEffect } from "./without_tiller.ts";

/** The operations on releases. */
export type Operations = typeof import("../../engine/release/mod.ts");

/** The loaded operations and their environment. */
export interface Workplace {
  /** Loaded while the cluster is opened; help pages do not need them. */
  readonly operations: Operations;
  readonly environment: Environment;
  /** Namespace of the kubeconfig's context, or `default`. */
  readonly namespace: string;
}

/** Options of {@linkcode withEnvironment}. */
export interface WithEnvironmentOptions {
  /** If true (the default), warns of a running Tiller before the first change. */
  readonly tellOfTiller?: boolean;
  /** True if the command changes something. */
  readonly changes?: boolean;
}

/** Opens the cluster or the sandbox, runs `work`, and closes it again. */
export async function withEnvironment<F extends Flags, T>(
  context: Context<F>,
  work: (workplace: Workplace) => Promise<T>,
  options: WithEnvironmentOptions = {},
): Promise<T> {
  // Long: the parts of an environment are opened, and closed, in one order.
  const { globals, print, signal } = context;
  noteFlagsWithoutEffect(context);
  if (globals.debug) say(print, `[debug] SERVER: ${quote(globals.host)}\n\n`);
  const { flags } = context as { readonly flags: WaitFlagValues };
  const view = progressKind(flags.progress ?? "") ?? { kind: "auto", file: undefined };
  // In a pipe, commands that have no waits print no lines about their progress.
  const hints = print.hints && (flags.progress !== undefined || print.watched);
  const showsLogs = view.kind === "json" || chosenKind(print, view.kind, hints) === "tree";
  const waiting = await waitSettings(flags, showsLogs);
  const progressing = progressOn(print, { ...view, debug: globals.debug, hints });
  const operations = import("../../engine/release/mod.ts");
  const progress = await progressing;
  const tellOfNew = options.changes === true ? undefined : await checkReadSandbox(context);
  const opened = await openTarget({ ...targetOf(context), warn: tellRisk(context) });
  const namespace = globals["tiller-namespace"] || RECORDS_NAMESPACE;
  const listening = listenTo(await transportOf(opened, context), {
    warn: (text) => {
      const { colour, hints } = print;
      if (hints) print.err(`WARNING: ${text}\n`, colour ? { colour: "yellow" } : {});
    },
    isStrict: "strict-fields" in context.flags && context.flags["strict-fields"] === true,
    showsSecrets: "show-secrets" in context.flags && context.flags["show-secrets"] === true,
  });
  const { transport, driverOf, release } = holdFromFirstChange(listening.transport, context);
  const held = { ...opened, transport };
  const cluster = options.tellOfTiller === false ? held : {
    ...held,
    transport: tellOfTiller(held, namespace, print, {
      changes: options.changes,
      storage: globals.storage,
      historyMax: isGiven(context, "history-max", "TILLER_HISTORY_MAX") ? globals["history-max"] : undefined,
    }),
  };
  let environment: Environment | undefined;
  let outcome: ProgressOutcome = {};
  try {
    const made = await environmentOf(cluster, {
      storage: globals.storage,
      tillerNamespace: globals["tiller-namespace"],
      sql: sqlPlaceOf(context),
      historyMax: globals["history-max"],
      report: progress.report,
      signal,
      waiting,
      lease: holdsLeases(context),
      ignoreHelm3: "ignore-helm3" in flags && flags["ignore-helm3"] === true,
    });
    environment = { ...made, driver: driverOf(made.driver) };
    const result = await work({ operations: await operations, environment, namespace: cluster.namespace });
    tellOfNew?.();
    return result;
  } catch (error) {
    outcome = { error, isStopped: signal?.aborted };
    if (environment === undefined || !print.hints) throw error;
    const { withReleaseAdvice } = await import("./release_advice.ts");
    throw await withReleaseAdvice(error, {
      environment,
      operations: await operations,
      args: context.args,
      isUndone: "atomic" in context.flags && context.flags["atomic"] === true,
      canInstall: "install" in context.flags,
      refused: listening.refused,
    });
  } finally {
    progress.end(outcome);
    await environment?.driver.close?.();
    await opened.close();
    release();
  }
}

/** Returns the cluster's transport; with `-v=6` and more, one that logs requests. */
async function transportOf<F extends Flags>(cluster: Cluster, { globals, print }: Context<F>): Promise<Transport> {
  if (globals.v < 6) return cluster.transport;
  const { loggedTransport } = await import("./request_log.ts");
  return loggedTransport(cluster, globals.v, print);
}

/**
 * Returns a transport and a driver that hold signals from the first request that changes something: from then
 * on an interrupted release must be recorded as FAILED. Before that, and in commands that only read, a signal
 * ends the process.
 */
function holdFromFirstChange(
  transport: Transport,
  { holdSignals }: Pick<Signals, "holdSignals">,
): {
  readonly transport: Transport;
  readonly driverOf: (driver: Driver) => Driver;
  readonly release: () => void;
} {
  let release: (() => void) | undefined;
  const hold = (): void => void (release ??= holdSignals());
  return {
    transport: (request) => {
      if (request.method !== "GET") hold();
      return transport(request);
    },
    // The writes of a driver with a place in the cluster go through the transport.
    driverOf: (driver) => driver.place === undefined ? heldDriver(driver, hold) : driver,
    release: () => release?.(),
  };
}

/** Returns a driver that calls `hold` before each write. */
function heldDriver(driver: Driver, hold: () => void): Driver {
  const { raw } = driver;
  return {
    ...driver,
    create: (release, options) => (hold(), driver.create(release, options)),
    update: (release, options) => (hold(), driver.update(release, options)),
    delete: (key, options) => (hold(), driver.delete(key, options)),
    ...driver.plain && {
      plain: {
        ...driver.plain,
        create: (record, options) => (hold(), driver.plain?.create(record, options) ?? Promise.resolve()),
        remove: (record, options) => (hold(), driver.plain?.remove(record, options) ?? Promise.resolve()),
      },
    },
    ...raw === undefined ? {} : {
      raw: {
        ...raw,
        replace: (object, options) => (hold(), raw.replace(object, options)),
        create: (object, options) => (hold(), raw.create(object, options)),
        remove: (object, options) => (hold(), raw.remove(object, options)),
      },
    },
  };
}

/**
 * True if operations hold a lease of the release that they change. Scripts that call this program `helm` expect what Helm 2
 * does, which has none.
 */
function holdsLeases<F extends Flags>({ variables, globals }: Context<F>): boolean {
  const given = variables("SKEG_LEASE") ?? "";
  if (given === "") return programName(variables) === "skeg" && globals.sandbox !== ":memory:";
  if (given === "on" || given === "off") return given === "on";
  throw new SkegError("usage", `invalid SKEG_LEASE ${quote(given)}: it must be on or off`);
}

/** True if the user set a global flag, on the command line or by its variable. */
function isGiven<F extends Flags>({ given, variables }: Context<F>, flag: string, variable: string): boolean {
  return given.has(flag) || (variables(variable) ?? "") !== "";
}
