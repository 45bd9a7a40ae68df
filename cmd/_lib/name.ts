/**
 * Release names from the command line.
 *
 * Source: Helm 2.17.0, `cmd/helm/install.go`.
 *
 * @module
 */
import { SkegError } from "../../errors.ts";
import type { Variables } from "./command.ts";

const LABEL = "[a-z0-9]([-a-z0-9]*[a-z0-9])?";
const SUBDOMAIN = `${LABEL}(\\.${LABEL})*`;

/** Refuses a name that no object could have; the empty name means a generated one. */
export function checkReleaseName(name: string): void {
  if (name === "") return;
  const reasons: string[] = [];
  if (new TextEncoder().encode(name).length > 253) reasons.push("must be no more than 253 characters");
  if (!new RegExp(`^${SUBDOMAIN}$`).test(name)) {
    reasons.push(
      "a DNS-1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end " +
        `with an alphanumeric character (e.g. 'example.com', regex used for validation is '${SUBDOMAIN}')`,
    );
  }
  if (reasons.length > 0) {
    throw new SkegError("usage", `release name ${name} is invalid: ${reasons.join(";")}`);
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
