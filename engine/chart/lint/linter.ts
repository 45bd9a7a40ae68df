/**
 * What the rules of lint say about one chart.
 *
 * Source: Helm 2.17.0, `pkg/lint/support`.
 *
 * @module
 */

/** How bad a finding is: an error stops an installation, a warning only fails with `--strict`. */
export type Severity = "INFO" | "WARNING" | "ERROR";

/** One finding. */
export interface LintMessage {
  /** How bad it is. */
  readonly severity: Severity;
  /** The file, relative to the chart's root, or `templates/`. */
  readonly path: string;
  /** What is wrong, in words. */
  readonly text: string;
}

/** Collects findings. */
export class Findings {
  readonly messages: LintMessage[] = [];

  /** Adds a finding when there is a text; says whether there was none. */
  check(severity: Severity, path: string, text: string | undefined): boolean {
    if (text !== undefined) this.messages.push({ severity, path, text });
    return text === undefined;
  }
}

/** A finding as a line: `[ERROR] Chart.yaml: name is required`. */
export function formatMessage({ severity, path, text }: LintMessage): string {
  return `[${severity}] ${path}: ${text}`;
}

/** Says whether findings fail a chart. */
export function hasFailed(messages: readonly LintMessage[], strict = false): boolean {
  return messages.some(({ severity }) => severity === "ERROR" || (strict && severity === "WARNING"));
}

/** The text of a finding about YAML. */
export function notYaml(error: unknown): string {
  return `unable to parse YAML\n\t${messageOf(error)}`;
}

/** What an error says. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
