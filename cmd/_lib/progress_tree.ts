/**
 * Progress on a terminal: finished steps as lines that scroll away, and below them a tree of what is not ready.
 *
 * @module
 */
import { isInTrouble, type KubeProgress, type PodProgress, podWords } from "../../engine/kube/mod.ts";
import { counted, maskSecrets, showControls } from "../../engine/base/mod.ts";
import type { Colour, Printer } from "./print.ts";
import { eventLine, type Progress } from "./event_lines.ts";
import { durationText, WaitBoard } from "./wait_board.ts";

/** Shortest pause between two paintings. */
const PAINT_MS = 100;
/** The clock in the first row. */
const CLOCK_MS = 1000;
/** Pods shown below an object. */
const PODS_MAX = 4;

/** Returns progress as a tree. */
export function treeProgress(print: Printer, debug: boolean): Progress {
  const tree = new Tree(print);
  const look = (colour: Colour) => print.colour ? { colour } : {};
  return {
    report(event) {
      if (event.type === "object") {
        const { verb, object, detail } = event.progress;
        const isWait = tree.take(event.progress);
        if (verb === "ready") tree.line(`${object} is ready${detail === "" ? "" : ` (${detail})`}`, look("dim"));
        if (verb === "wait-note") tree.line(detail, look("dim"));
        if (isWait) return;
      }
      const line = eventLine(event);
      if (line === undefined || event.type === "log" && !debug) return;
      // Another step has begun, so the wait is over.
      if (event.type === "hook" || event.type === "record") tree.clear();
      tree.line(line.text, look(line.colour));
    },
    end: (outcome) => tree.end(outcome?.isStopped === true),
  };
}

class Tree {
  readonly #print: Printer;
  readonly #board = new WaitBoard();
  #clock: ReturnType<typeof setInterval> | undefined;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #paintedMs = -Infinity;
  /** Widths of the rows that are on the screen. */
  #drawn: readonly number[] = [];

  constructor(print: Printer) {
    this.#print = print;
  }

  /** Takes an event of a wait; returns false for others. */
  take(progress: KubeProgress): boolean {
    const isWait = this.#board.take(progress, performance.now());
    if (!isWait) return false;
    this.#clock ??= setInterval(() => this.#paint(), CLOCK_MS);
    this.#plan();
    return true;
  }

  /** Prints a line above the tree. */
  line(text: string, look: { readonly colour?: Colour }): void {
    this.#erase();
    this.#print.err(`${text}\n`, look);
    this.#plan();
  }

  /** The wait is over: the tree goes. */
  clear(): void {
    this.#erase();
    this.#board.clear();
    this.#rest();
  }

  /** Takes the tree away; with `keeps` it stays on the screen as it is. */
  end(keeps: boolean): void {
    if (keeps && this.#board.late.size > 0) {
      this.#erase();
      this.#print.err(`${this.#rows().map(({ text }) => text).join("\n")}\n`);
      this.#board.clear();
    }
    this.clear();
  }

  #rest(): void {
    clearInterval(this.#clock);
    clearTimeout(this.#timer);
    this.#clock = this.#timer = undefined;
  }

  /** Paints now, or soon when it was painted just before. */
  #plan(): void {
    const left = PAINT_MS - (performance.now() - this.#paintedMs);
    if (left <= 0) this.#paint();
    else this.#timer ??= setTimeout(() => this.#paint(), left);
  }

  #erase(): void {
    const { columns } = this.#print;
    // In a terminal that became narrower, rows have wrapped.
    const rows = this.#drawn.reduce((sum, width) => sum + Math.max(1, Math.ceil(width / columns)), 0);
    if (rows > 0) this.#print.err("", { wipe: rows });
    this.#drawn = [];
  }

  #paint(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#paintedMs = performance.now();
    this.#erase();
    if (this.#board.late.size === 0) return;
    const rows = this.#rows();
    for (const [index, { text, colour }] of rows.entries()) {
      const look = this.#print.colour && colour !== undefined ? { colour } : {};
      this.#print.err(`${text}${index < rows.length - 1 ? "\n" : ""}`, look);
    }
    this.#drawn = rows.map(({ text }) => text.length);
  }

  #rows(): TreeRow[] {
    const { columns, rows } = this.#print;
    const seconds = (performance.now() - this.#board.startMs) / 1000;
    return treeRows(this.#board, seconds, { columns: columns - 1, rows: rows - 1 });
  }
}

/** A row of the tree. */
export interface TreeRow {
  readonly text: string;
  readonly colour?: Colour | undefined;
}

/** Returns the rows of the tree, cut to the terminal's size. */
export function treeRows(
  board: WaitBoard,
  seconds: number,
  size: { readonly columns: number; readonly rows: number },
): TreeRow[] {
  const entries = [...board.late.values()].map(entryRows);
  const rows: TreeRow[] = [{ text: headText(board, seconds), colour: "dim" }];
  let shown = 0;
  for (const entry of entries) {
    const room = size.rows - rows.length - (shown + 1 < entries.length ? 1 : 0);
    if (room < 1) break;
    // Objects come before the details of one of them.
    const reserved = Math.min(entries.length - shown - 1, Math.max(0, Math.floor(size.rows / 2)));
    rows.push(...entry.slice(0, Math.max(1, Math.min(room, room - reserved))));
    shown += 1;
  }
  if (shown < entries.length) rows.push({ text: `… and ${entries.length - shown} more`, colour: "dim" });
  return rows.map(({ text, colour }) => ({ text: fitted(text, size.columns), colour }));
}

function headText(board: WaitBoard, seconds: number): string {
  const where = board.namespace === "" ? "" : ` in ${board.namespace}`;
  const limit = board.timeoutSeconds > 0 ? ` of ${durationText(board.timeoutSeconds)}` : "";
  const count = board.count === "" ? "" : `${board.count}, `;
  return `waiting${where}: ${count}${durationText(seconds)}${limit}`;
}

function entryRows({ object, detail, state, pods = [], event = "" }: KubeProgress): TreeRow[] {
  const isBad = state === "failed" || pods.some(isInTrouble);
  const rows: TreeRow[] = [{
    text: `  ${state === "failed" ? "!!" : ".."} ${object}  ${detail}`,
    colour: isBad ? "yellow" : undefined,
  }];
  const shown = pods.slice(0, PODS_MAX);
  for (const [index, pod] of shown.entries()) rows.push(...podRows(pod, index === pods.length - 1));
  if (pods.length > shown.length) {
    rows.push({ text: `     \`- … and ${counted(pods.length - shown.length, "more pod")}` });
  }
  if (event !== "" && !pods.some(({ lines = [] }) => lines.length > 0)) {
    rows.push({ text: `     event: ${event}`, colour: "dim" });
  }
  return rows;
}

function podRows(pod: PodProgress, isLast: boolean): TreeRow[] {
  const lines = (pod.lines ?? []).map((line): TreeRow => ({
    text: `${isLast ? "        " : "     |  "}| ${line}`,
    colour: "dim",
  }));
  return [{ text: `     ${isLast ? "`-" : "|-"} ${pod.name}  ${podWords(pod)}` }, ...lines];
}

/** Cuts a text to one row, in its printed form: a wrapped row could not be erased. */
function fitted(text: string, columns: number): string {
  const row = showControls(maskSecrets(text.replaceAll(/[\r\n\t]+/g, " ")));
  return row.length <= columns ? row : `${row.slice(0, Math.max(0, columns - 1))}…`;
}
