/**
 * Findings of the lint rules about one chart.
 *
 * Source: Helm 2.17.0, `pkg/lint/support`.
 *
 * @module
 */
import { messageOf } from "../../base/mod.ts";

/** Severity of a finding: an error prevents an installation, a warning fails only with `--strict`. */
export type Severity = "INFO" | "WARNING" | "ERROR";

/** One finding. */
export interface LintMessage {
  /** Severity of the finding. */
  readonly severity: Severity;
  /** The file, relative to the chart's root, or `templates/`. */
  readonly path: string;
  /** Description of the problem. */
  readonly text: string;
}

/** Collects findings. */
export class Findings {
  readonly messages: LintMessage[] = [];

  /** Adds a finding when `text` is given. Returns true if there was none. */
  check(severity: Severity, path: string, text: string | undefined): boolean {
    if (text !== undefined) this.messages.push({ severity, path, text });
    return text === undefined;
  }
}

/** Returns a finding as a line: `[ERROR] Chart.yaml: name is required`. */
export function formatMessage({ severity, path, text }: LintMessage): string {
  return `[${severity}] ${path}: ${text}`;
}

/** True if the findings make lint fail. */
export function hasFailed(messages: readonly LintMessage[], strict = false): boolean {
  return messages.some(({ severity }) => severity === "ERROR" || (strict && severity === "WARNING"));
}

/** Returns the text of a finding about invalid YAML. */
export function notYaml(error: unknown): string {
  return `unable to parse YAML\n\t${messageOf(error)}`;
}
