/**
 * Says why a chart does not render an object: which conditions around it do not hold.
 *
 * A copy of the template gets a mark after each action that opens a block around the object. The marks in the output
 * say which blocks were entered.
 *
 * @module
 */
import type { Chart, ChartFile } from "../../model/mod.ts";
import { fromBytes, toBytes } from "../../lang/golang/mod.ts";
import { renderChart } from "../render/mod.ts";
import type { WhyOptions } from "./explain.ts";
import type { ObjectName } from "./objects.ts";
import type { ValueFact, ValueFinder } from "./sources.ts";

/** An action that has to let the object through. */
export interface Gate {
  /** Path in the chart tree. */
  readonly file: string;
  /** 1-based line. */
  readonly line: number;
  /** The action, such as `if .Values.ingress.enabled`. */
  readonly action: string;
  /** True if it let the object through; `undefined` for actions inside of one that did not. */
  readonly holds: boolean | undefined;
  /** The values that it names. */
  readonly values: readonly ValueFact[];
}

/** A template that would render an object of the kind. */
export interface MissingObject {
  /** Path in the chart tree. */
  readonly file: string;
  /** 1-based line of its `kind:`. */
  readonly line: number;
  /** The actions around it, outermost first. */
  readonly gates: readonly Gate[];
}

/** One action of a template. */
interface Action {
  readonly text: string;
  readonly word: string;
  readonly start: number;
  readonly end: number;
}

const ACTION = /\{\{-?\s*(\/\*[\s\S]*?\*\/|(?:"(?:[^"\\]|\\.)*"|`[^`]*`|[^}"`]|\}(?!\}))*?)\s*-?\}\}/g;

function actionsOf(text: string): Action[] {
  return [...text.matchAll(ACTION)].map((match) => ({
    text: (match[1] ?? "").trim(),
    word: /^\w+/.exec(match[1] ?? "")?.[0] ?? "",
    start: match.index,
    end: match.index + match[0].length,
  }));
}

/** Returns the actions that decide whether the text at a position is written: the opening ones, or their `else`. */
function blocksAround(actions: readonly Action[], position: number): Action[] {
  const open: Action[] = [];
  for (const action of actions) {
    if (action.start >= position) break;
    if (["if", "with", "range", "define", "block"].includes(action.word)) open.push(action);
    else if (action.word === "else") open.splice(-1, 1, action);
    else if (action.word === "end") open.pop();
  }
  return open.filter(({ word }) => word !== "define" && word !== "block");
}

const mark = (number: number): string => `\n#skeg-gate-${number}#\n`;

/** Returns the templates that would render an object of a kind, with the actions around it. */
export async function whyMissing(
  chart: Chart,
  { kind }: ObjectName,
  options: WhyOptions,
  finder: ValueFinder,
): Promise<MissingObject[]> {
  const found: MissingObject[] = [];
  for (const { file, name, path } of templatesOf(chart)) {
    const text = fromBytes(file.data);
    for (const match of text.matchAll(new RegExp(`^kind:\\s*["']?${kind}["']?\\s*$`, "gim"))) {
      const gates = blocksAround(actionsOf(text), match.index);
      const entered = await enteredBlocks(chart, name, text, gates, options);
      const prefix = /^charts\/[^/]+\//.exec(path)?.[0].split("/")[1];
      let isOpen = true;
      found.push({
        file: path,
        line: lineAt(text, match.index),
        gates: gates.map((gate, at) => {
          const holds = isOpen ? entered.has(at) : undefined;
          isOpen &&= entered.has(at);
          const action = gate.word === "else" ? openedBy(text, gate) : gate.text;
          return {
            file: path,
            line: lineAt(text, gate.start),
            action,
            holds,
            values: valuesIn(action, prefix, finder),
          };
        }),
      });
    }
  }
  return found;
}

/** Returns an `else` with the action that it belongs to. */
function openedBy(text: string, gate: Action): string {
  const open: Action[] = [];
  for (const action of actionsOf(text)) {
    if (action.start === gate.start) break;
    if (["if", "with", "range", "define", "block"].includes(action.word)) open.push(action);
    else if (action.word === "end") open.pop();
  }
  return `${gate.text} (of ${open.at(-1)?.text ?? "?"})`;
}

function lineAt(text: string, position: number): number {
  return text.slice(0, position).split("\n").length;
}

function valuesIn(action: string, subchart: string | undefined, finder: ValueFinder): ValueFact[] {
  const paths = [...action.matchAll(/\.Values\.([\w.]+\w)/g)].map((match) => match[1] ?? "");
  const prefix = subchart === undefined ? "" : `${subchart}.`;
  return [...new Set(paths)].map((path) => finder.fact(`Values.${prefix}${path}`, ""));
}

function* templatesOf(
  chart: Chart,
  name = chart.metadata.name,
  path = "",
): Generator<{ file: ChartFile; name: string; path: string }> {
  for (const file of chart.templates) yield { file, name: `${name}/${file.path}`, path: `${path}${file.path}` };
  for (const child of chart.dependencies) {
    const below = child.metadata.name;
    yield* templatesOf(child, `${name}/charts/${below}`, `${path}charts/${below}/`);
  }
}

/** Renders the chart with marks in one template; returns the numbers of the blocks that were entered. */
async function enteredBlocks(
  chart: Chart,
  name: string,
  text: string,
  gates: readonly Action[],
  options: WhyOptions,
): Promise<ReadonlySet<number>> {
  let marked = text;
  for (const [number, gate] of [...gates.entries()].reverse()) {
    marked = `${marked.slice(0, gate.end)}${mark(number)}${marked.slice(gate.end)}`;
  }
  const { config, given: _given, loaded: _loaded, ...facts } = options;
  const rendered = await renderChart(withText(chart, chart.metadata.name, name, marked), { ...facts, values: config });
  const output = rendered[name] ?? "";
  return new Set(gates.keys().filter((number) => output.includes(mark(number).trim())));
}

/** Returns the chart tree with another text for one template. */
function withText(chart: Chart, route: string, name: string, text: string): Chart {
  return {
    ...chart,
    templates: chart.templates.map((file) =>
      `${route}/${file.path}` === name ? { ...file, data: toBytes(text) } : file
    ),
    dependencies: chart.dependencies.map((child) =>
      withText(child, `${route}/charts/${child.metadata.name}`, name, text)
    ),
  };
}
