/**
 * Progress as lines, for pipes and logs: one when an object's state or reason changes, none for repeats, and every 30
 * seconds one with what is left.
 *
 * @module
 */
import { isInTrouble, type KubeProgress, podWords } from "../../engine/kube/mod.ts";
import type { Printer } from "./print.ts";
import { eventLine, isWarning, type Progress } from "./event_lines.ts";
import { WaitBoard } from "./wait_board.ts";

/** Pause between two lines that only say what is left. */
const STILL_MS = 30_000;
/** A wait that is over before is not worth a line either. */
const HOLD_MS = 1000;
/** Hooks that are done before are not worth a line. */
const HOOK_MS = 3000;
/** More names do not fit a line. */
const NAMES_MAX = 5;
/** Options of {@linkcode plainProgress}. */
export interface PlainOptions {
  /** If true, shows all events; default: waits and warnings. */
  readonly all: boolean;
}

/** Returns progress as lines. */
export function plainProgress(print: Printer, { all }: PlainOptions): Progress {
  const lines = new PlainLines(print);
  return {
    report(event) {
      if (event.type === "object" && lines.take(event.progress)) return;
      if (event.type === "hook") lines.hook(event.phase === "start");
      else if (event.type === "record") lines.end();
      const line = eventLine(event);
      if (line === undefined || !all && !isWarning(event) && event.type !== "reason") return;
      print.err(`${line.text}\n`);
    },
    end: () => lines.end(),
  };
}

class PlainLines {
  readonly #print: Printer;
  readonly #board = new WaitBoard();
  /** By object: the last text that was printed. */
  readonly #told = new Map<string, string>();
  #timer: ReturnType<typeof setInterval> | undefined;
  #hookMs: number | undefined;
  #hookTimer: ReturnType<typeof setTimeout> | undefined;
  #held: ReturnType<typeof setTimeout> | undefined;

  constructor(print: Printer) {
    this.#print = print;
  }

  /** Prints an event of a wait; returns false for other events. */
  take(progress: KubeProgress): boolean {
    if (!this.#board.take(progress, performance.now())) return false;
    if (progress.verb === "wait-start") this.#hold(progress);
    if (this.#held !== undefined) return true;
    this.#timer ??= setInterval(() => this.#still(), STILL_MS);
    switch (progress.verb) {
      case "wait-start":
        break;
      case "wait-note":
        this.#line(progress.detail);
        break;
      case "ready":
        this.#say(progress, `${progress.object} is ready${progress.detail === "" ? "" : ` (${progress.detail})`}`);
        break;
      case "hook-wait":
        this.#hookLine(progress);
        break;
      default:
        this.#say(progress, `${progress.object}: ${progress.detail}`);
    }
    this.#pods(progress);
    return true;
  }

  /** A hook has begun or ended. */
  hook(isStart: boolean): void {
    this.end();
    this.#hookMs = isStart ? performance.now() : undefined;
  }

  end(): void {
    clearInterval(this.#timer);
    clearTimeout(this.#hookTimer);
    clearTimeout(this.#held);
    this.#timer = this.#hookTimer = this.#held = undefined;
    this.#board.clear();
    this.#told.clear();
  }

  /** Prints nothing until the wait has lasted a moment, then what is left. */
  #hold(start: KubeProgress): void {
    const flush = (): void => {
      this.#held = undefined;
      this.#start(start);
      for (const late of [...this.#board.late.values()]) this.take(late);
    };
    const left = HOLD_MS - (performance.now() - this.#board.startMs);
    if (left <= 0) flush();
    else this.#held = setTimeout(flush, left);
  }

  #start({ total = 0, namespace, timeoutSeconds = 0 }: KubeProgress): void {
    const where = namespace === "" ? "" : ` in ${namespace}`;
    const limit = timeoutSeconds > 0 ? `, up to ${shortTime(timeoutSeconds)}` : "";
    this.#line(`waiting for ${total} object${total === 1 ? "" : "s"}${where}${limit}`);
  }

  /** Prints the wait for a hook once it has lasted a while. */
  #hookLine(progress: KubeProgress): void {
    const left = HOOK_MS - (performance.now() - (this.#hookMs ??= performance.now()));
    if (left <= 0) this.#say(progress, `${progress.object}: ${progress.detail}`);
    else {
      clearTimeout(this.#hookTimer);
      this.#hookTimer = setTimeout(() => this.#hookLine(progress), left);
    }
  }

  #pods({ object, namespace, pods = [] }: KubeProgress): void {
    const pod = pods.find(isInTrouble);
    if (pod === undefined) return;
    const key = `${namespace}/${object}/pods`;
    // Restarts and back-offs repeat; the reason is the news.
    const text = `${pod.reason} ${pod.exitCode ?? ""}`;
    if (this.#told.get(key) === text) return;
    this.#told.set(key, text);
    this.#line(`${object}: pod ${pod.name}: ${podWords({ ...pod, restarts: 0 })}`);
  }

  #say({ object, namespace }: KubeProgress, text: string): void {
    const key = `${namespace}/${object}`;
    if (this.#told.get(key) === text) return;
    this.#told.set(key, text);
    this.#line(text);
  }

  #still(): void {
    const names = [...this.#board.late.values()].map(({ object }) => object);
    if (names.length === 0) return;
    const more = names.length > NAMES_MAX ? ` and ${names.length - NAMES_MAX} more` : "";
    const { count } = this.#board;
    this.#line(`${count === "" ? "" : `${count}; `}waiting for ${names.slice(0, NAMES_MAX).join(", ")}${more}`);
  }

  #line(text: string): void {
    const seconds = Math.floor((performance.now() - (this.#board.startMs || performance.now())) / 1000);
    this.#print.err(`[${`${seconds}s`.padStart(5)}] ${text.replaceAll(/\s+/g, " ")}\n`);
  }
}

function shortTime(seconds: number): string {
  return seconds % 60 === 0 ? `${seconds / 60}m` : `${seconds}s`;
}
