/**
 * The predicted first upgrade by Helm 3, as text of at most 80 columns.
 *
 * @module
 */
import { counted } from "../../engine/base/mod.ts";
import type { ObjectPrediction, PredictionClass, ReleasePrediction } from "../../engine/release/mod.ts";

/** Classes, the worst first: the name as the help has it, and a sentence's predicate. */
const WORDS: readonly (readonly [PredictionClass, name: string, words: string])[] = [
  ["gone-api", "gone API", "names an API that the server does not have"],
  ["cannot-render", "cannot be rendered", "cannot be rendered by Helm 3"],
  ["blocked", "blocked", "is blocked"],
  ["creates-removes", "creates or removes", "creates or removes objects"],
  ["drift", "overwrites edits", "overwrites edits in the cluster"],
  ["restarts", "restarts pods", "restarts pods"],
  ["spec", "changes fields", "changes fields, restarts no pods"],
  ["metadata", "metadata only", "changes metadata only"],
  ["nothing", "nothing", "changes nothing"],
];

const COLUMNS = 80;
/** Objects of one class that are shown. */
const SHOWN_MAX = 10;

/** Classes whose objects are counted and not shown. */
const QUIET: ReadonlySet<PredictionClass> = new Set(["nothing", "metadata"]);

/** Returns the name of a class, as the help has it. */
export function className(id: PredictionClass): string {
  return WORDS.find(([one]) => one === id)?.[1] ?? id;
}

/** Returns the class of an object in words. */
export function classWords(id: PredictionClass): string {
  return WORDS.find(([one]) => one === id)?.[2] ?? id;
}

/** Returns the lines of a prediction: the class, the objects that it stands on, what to know, and what to do. */
export function predictionLines(prediction: ReleasePrediction): string[] {
  const { estimated, renderedBy = "", objects, reasons, advice } = prediction;
  const by = estimated ? "estimated by our own renderer: no helm 3 or 4 was used" : `rendered by ${renderedBy}`;
  const lines = wrapped("  upgrade  ", `${className(prediction.class)} (${by})`);
  for (const [name] of WORDS) {
    const found = objects.filter((one) => one.class === name);
    if (found.length === 0) continue;
    if (QUIET.has(name)) lines.push(`           ${counted(found.length, "object")}: ${classWords(name)}`);
    else lines.push(...found.slice(0, SHOWN_MAX).flatMap(objectLines), ...moreThan(found, name));
  }
  for (const reason of reasons) lines.push(...wrapped("           ", reason));
  for (const text of advice) lines.push(...wrapped("           -> ", text));
  return lines;
}

function objectLines({ object, class: name, reasons, advice }: ObjectPrediction): string[] {
  return [
    ...wrapped("           ", `${object.kind} ${object.name}: ${classWords(name)}`),
    ...reasons.flatMap((reason) => wrapped("             ", reason)),
    ...advice.flatMap((text) => wrapped("             -> ", text)),
  ];
}

function moreThan(found: readonly ObjectPrediction[], name: PredictionClass): string[] {
  const more = found.length - SHOWN_MAX;
  return more > 0 ? [`           … and ${more} more: ${classWords(name)}`] : [];
}

/** Breaks a text at blanks; lines after the first are indented as far as the text of the first. Long words stay whole. */
function wrapped(start: string, text: string): string[] {
  const indent = " ".repeat(start.length);
  const lines: string[] = [];
  let line = start;
  for (const word of text.replace(/\s+/g, " ").trim().split(" ")) {
    const isFirst = line === start || line === indent;
    if (!isFirst && line.length + 1 + word.length > COLUMNS) {
      lines.push(line);
      line = indent + word;
    } else line += isFirst ? word : ` ${word}`;
  }
  return [...lines, line];
}
