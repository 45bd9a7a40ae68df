/**
 * The answers of `why` as text.
 *
 * @module
 */
import type { FieldOrigin, FieldUse, MissingObject, ValueFact } from "../../engine/chart/why/mod.ts";

/** Returns rows with their columns aligned, each line indented. */
function aligned(rows: readonly (readonly string[])[], indent: string): string {
  const widths = (rows[0] ?? []).map((_, at) => Math.max(...rows.map((row) => (row[at] ?? "").length)));
  return rows.map((row) =>
    `${indent}${row.map((cell, at) => at === row.length - 1 ? cell : cell.padEnd(widths[at] ?? 0)).join("   ")}`
      .trimEnd()
  ).map((line) => `${line}\n`).join("");
}

function factRow(label: string, { path, text, source }: ValueFact): string[] {
  return [label, path, text ?? (source === "" ? "(not set)" : "(a map or list)"), source];
}

/** Returns where a field comes from. */
export function fieldText({ object, path, text, places, values, conditions }: FieldOrigin): string {
  const head = text ?? (path === "" ? object : `${object}:${path}`);
  const where = places.map(({ file, line, text, define }) => [
    `${file}:${line}`,
    define === undefined ? text : `in ${define}: ${text}`,
  ]);
  const facts = values.map((fact, at) => factRow(at === 0 ? "values" : "", fact));
  const because = conditions.map((fact, at) => factRow(at === 0 ? "because" : "", fact));
  return `${head}\n${aligned(where, "  ")}${aligned([...facts, ...because], "  ")}`;
}

/** Returns the fields that depend on something. */
export function usesText(uses: readonly FieldUse[]): string {
  if (uses.length === 0) return "nothing\n";
  const rows = uses.map((
    { object, path, isCondition },
  ) => [`${object}:${path}`, isCondition ? "(decides if it is there)" : ""]);
  return aligned(rows, "");
}

/** Returns why an object is missing. */
export function missingText(
  object: string,
  missing: readonly MissingObject[],
  disabled: readonly string[],
): string {
  if (missing.length === 0) {
    const names = disabled.map((name) =>
      `  subchart ${name} would render this kind; it is disabled in requirements.yaml\n`
    );
    return `${object} is not rendered\n${names.join("") || "  no template has this kind\n"}`;
  }
  let text = `${object} is not rendered\n`;
  for (const { file, line, gates } of missing) {
    text += `  ${file}:${line} would render this kind\n`;
    for (const gate of gates) {
      const verdict = gate.holds === undefined ? "not reached" : gate.holds ? "holds" : "does not hold";
      text += `    ${gate.file}:${gate.line}   ${gate.action}   ${verdict}\n`;
      text += aligned(gate.values.map((fact) => factRow("", fact).slice(1)), "      ");
    }
    if (gates.every(({ holds }) => holds)) text += "    its conditions hold: it is rendered under another name\n";
  }
  return text;
}
