/**
 * Go templates of `--template` flags, for releases and versions.
 *
 * Source: Helm 2.17.0, `cmd/helm/printer.go` (`tpl`).
 *
 * @module
 */
import { TemplateError } from "../../errors.ts";
import type { Printer } from "./print.ts";

/** Executes a template with `data` and prints its output; adds no newline. */
export async function printTemplate(text: string, data: unknown, print: Printer): Promise<void> {
  const { executeText } = await import("../../engine/lang/template/mod.ts");
  try {
    print.out(await executeText(text, { name: "_", data }));
  } catch (error) {
    if (!(error instanceof TemplateError)) throw error;
    const hint = "--template takes a Go template, such as --template '{{.Release.Name}}'.";
    throw new TemplateError(error.message, error.trace, { cause: error, hint: error.hint ?? hint });
  }
}
