/**
 * Results of measurements, kept in a file so that a measurement can be made in parts.
 *
 * @module
 */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import type { Sample } from "./sample.ts";

/**
 * The program that did the work; `before` is an earlier build of skeg, `itself` the operation that skeg plans, `limit` a
 * lower bound for all programs.
 */
export type Who =
  | "skeg"
  | "library"
  | "before"
  | "itself"
  | "helm2"
  | "helm3"
  | "helm4"
  | "unittest"
  | "kubectl"
  | "kapp"
  | "limit";

/** Names of programs in tables. */
export const NAMES: Readonly<Record<Who, string>> = {
  skeg: "skeg",
  library: "skeg, library",
  before: "skeg before",
  itself: "the operation itself",
  helm2: "Helm 2",
  helm3: "Helm 3",
  helm4: "Helm 4",
  unittest: "helm-unittest",
  kubectl: "kubectl",
  kapp: "kapp",
  limit: "limit",
};

/** Network traffic of one run. */
export interface Wire {
  readonly requests: number;
  /** Bytes of bodies as sent, compressed or not. */
  readonly sent: number;
  readonly received: number;
}

/** The results of one work by several programs. */
export interface Entry {
  readonly family: string;
  readonly id: string;
  /** Markdown. */
  readonly title: string;
  /** Explanation for the reader, in Markdown. */
  note?: string | undefined;
  /** Samples of each, in the order in which they were taken. */
  readonly samples: Partial<Record<Who, Sample[]>>;
  readonly wire: Partial<Record<Who, Wire>>;
  /** Calculated lower bound in seconds. */
  boundSeconds?: number | undefined;
  /** The command line of each program, for the report. */
  readonly commands: Partial<Record<Who, string>>;
  /** Load of the machine by other processes before the first run. */
  load: number;
  /** Time of the measurement. */
  measured: string;
}

/** All entries, by id; read from a file and written to it. */
export class Results {
  readonly #path: string;
  readonly #entries: Map<string, Entry>;

  constructor(path: string) {
    this.#path = path;
    const kept = existsSync(path) ? JSON.parse(readFileSync(path, "utf8")) as Entry[] : [];
    this.#entries = new Map(kept.map((entry) => [entry.id, entry]));
  }

  /** Starts a work again; its earlier measurements are dropped. */
  begin(family: string, id: string, title: string, note?: string): Entry {
    const measured = `${new Date().toISOString().slice(0, 16)}Z`;
    const load = Deno.loadavg()[0] ?? 0;
    const entry: Entry = { family, id, title, note, samples: {}, wire: {}, commands: {}, load, measured };
    this.#entries.set(id, entry);
    return entry;
  }

  get(id: string): Entry | undefined {
    return this.#entries.get(id);
  }

  all(): Entry[] {
    return [...this.#entries.values()];
  }

  family(name: string): Entry[] {
    return [...this.#entries.values()].filter((entry) => entry.family === name);
  }

  save(): void {
    mkdirSync(dirname(this.#path), { recursive: true });
    writeFileSync(this.#path, JSON.stringify([...this.#entries.values()]));
  }
}
