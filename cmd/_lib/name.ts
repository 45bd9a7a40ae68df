/**
 * Release names from the command line.
 *
 * Source: Helm 2.17.0, `cmd/helm/install.go`.
 *
 * @module
 */
import { SkegError } from "../../errors.ts";
import { subdomainProblems } from "../../engine/base/mod.ts";
import type { Variables } from "./command.ts";

/** Refuses a name for a new release that no object could have, as Helm's client does; empty: one is generated. */
export function checkGivenName(name: string): void {
  if (name === "") return;
  const problems = subdomainProblems(name);
  if (problems.length > 0) {
    throw new SkegError("usage", `release name ${name} is invalid: ${problems.join(";")}`, {
      hint: "Use small letters, digits, dashes and dots, such as web-1.",
    });
  }
}

/**
 * Executes `--name-template`: Go's functions and sprig's, `env` and
 * `expandenv` included (charts have neither), without data.
 *
 * @param note Called with every variable that the template reads: then the name does not depend on the command alone.
 */
export async function nameFromTemplate(
  text: string,
  variables: Variables = (name) => Deno.env.get(name),
  note: (text: string) => void = () => {},
): Promise<string> {
  const { executeText, nameFunctions } = await import("../../engine/lang/template/mod.ts");
  const read = new Set<string>();
  const functions = nameFunctions((name) => {
    read.add(name);
    return variables(name);
  });
  const name = await executeText(text, { name: "name-template", functions });
  for (const variable of read) note(`Note: --name-template reads ${variable} from the environment.`);
  return name;
}
