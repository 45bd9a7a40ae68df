/**
 * The clusters that the page shows: one library for each context, opened when it is first asked, shared by all tabs.
 *
 * @module
 */
import { SkegError } from "../../errors.ts";
import { quote } from "../../engine/base/mod.ts";
import { createSkeg } from "../skeg.ts";
import type { Skeg } from "../skeg_options.ts";
import type { Activity } from "./activity.ts";
import { FollowedFleet } from "./followed_fleet.ts";
import type { KeptExamination } from "./kept_examination.ts";
import type { UiOptions } from "./options.ts";
import { shellWord } from "./plan_command.ts";
import type { Health } from "./types.ts";

/** One context. */
export interface UiCluster {
  readonly name: string;
  /** Position in the list of contexts. */
  readonly index: number;
  /** The operations on it. */
  readonly skeg: Skeg;
  /** Its releases. */
  readonly fleet: FollowedFleet;
  /** The examination by doctor, under `all`. */
  readonly examinations: Map<string, KeptExamination>;
  /** Health by release, and until when it may be shown, in Unix milliseconds. */
  readonly health: Map<string, { readonly health: Health; readonly untilMs: number }>;
}

/** The clusters of one server. */
export class Clusters {
  readonly #options: UiOptions;
  readonly #activity: Activity;
  readonly #open = new Map<string, UiCluster>();

  /** Opens nothing yet. */
  constructor(options: UiOptions, activity: Activity) {
    this.#options = options;
    this.#activity = activity;
  }

  /** Returns a cluster; an empty name is the current context, or the first. */
  get(name: string): UiCluster {
    const { contexts } = this.#options;
    const index = name === ""
      ? Math.max(0, contexts.findIndex(({ current }) => current))
      : contexts.findIndex((context) => context.name === name);
    const context = contexts[index];
    if (context === undefined) {
      throw new SkegError("not-found", `this page was not started for the context ${quote(name)}`, {
        hint: `It shows ${namesOf(contexts)}. Start it with --contexts ${
          shellWord(name)
        } or --all-contexts to see others.`,
      });
    }
    const known = this.#open.get(context.name);
    if (known !== undefined) return known;
    const skeg = this.#skeg(context.name);
    const fleet = new FollowedFleet(skeg);
    const cluster = { name: context.name, index, skeg, fleet, examinations: new Map(), health: new Map() };
    this.#open.set(context.name, cluster);
    return cluster;
  }

  /** Returns the named cluster, or all. */
  all(name: string | null): UiCluster[] {
    return name === null || name === ""
      ? this.#options.contexts.map((context) => this.get(context.name))
      : [this.get(name)];
  }

  /** Closes all connections. */
  async close(): Promise<void> {
    for (const { fleet } of this.#open.values()) fleet.close();
    await Promise.allSettled([...this.#open.values()].map(({ skeg }) => skeg.close()));
    this.#open.clear();
  }

  #skeg(name: string): Skeg {
    const given = this.#options.open(name);
    return createSkeg({
      ...given,
      onRequest: (request) => {
        const end = this.#activity.begin();
        return ({ status, ms, error }) => {
          end();
          const isFine = error === undefined && status < 400 || status === 404;
          if (isFine || error !== undefined && error.kind === "aborted") return;
          const text = `${request.method} ${request.path}: ${error?.message ?? `status ${status}`}`;
          this.#activity.add({ kind: "request", ctx: name, text, ms: Math.round(ms), ok: false });
        };
      },
      onEvent: (event) => {
        given.onEvent?.(event);
        if (event.type === "warning") this.#activity.add({ kind: "event", ctx: name, text: event.text, ok: false });
      },
    });
  }
}

/** The most contexts that a message names. */
const NAMES_MAX = 5;

function namesOf(contexts: UiOptions["contexts"]): string {
  const more = contexts.length > NAMES_MAX ? ` and ${contexts.length - NAMES_MAX} more` : "";
  return contexts.slice(0, NAMES_MAX).map(({ name }) => name).join(", ") + more;
}
