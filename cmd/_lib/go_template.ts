/**
 * Go templates of `--template` flags, for releases and versions.
 *
 * Source: Helm 2.17.0, `cmd/helm/printer.go` (`tpl`).
 *
 * @module
 */
import type { Printer } from "./print.ts";

/** Executes a template with `data` and prints its output; adds no newline. */
export async function printTemplate(text: string, data: unknown, print: Printer): Promise<void> {
  const { executeText } = await import("../../engine/lang/template/mod.ts");
  print.out(await executeText(text, { name: "_", data }));
}
