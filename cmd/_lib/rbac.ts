/**
 * Flags and output of the commands about rights.
 *
 * @module
 */
import { SkegError } from "../../errors.ts";
import type { KubeObject } from "../../engine/model/mod.ts";
import type { Right } from "../../engine/kube/mod.ts";
import type { RightsPurpose, RoleSubject } from "../../engine/release/mod.ts";
import { type Context, defineFlags } from "./command.ts";
import { documentFormat, printDocument } from "./document.ts";
import type { Workplace } from "./environment.ts";
import { jsonText, yamlText } from "./text.ts";

/** Flags of all commands about rights. */
export const RBAC_FLAGS = defineFlags({
  "check": {
    type: "bool",
    usage: "Ask the server whether the user has the rights, and print those that are missing",
  },
  "for": {
    type: "string",
    usage: "The user: adds bindings, and with --check asks about this one. A name, group:NAME, or a service account " +
      "as system:serviceaccount:NAMESPACE:NAME",
  },
  "output": {
    type: "string",
    complete: { words: ["yaml", "json"] },
    short: "o",
    usage: "Format: yaml or json. With --check: a document for scripts instead of lines",
  },
  "role-name": { type: "string", usage: "Name of the printed objects; default: made of the release and the operation" },
});

/** The context of a command about rights. */
export type RbacContext = Context<typeof RBAC_FLAGS>;

/** Prints the roles for a purpose, or checks the rights; returns the exit status. */
export async function printRights(
  context: RbacContext,
  { environment, operations }: Workplace,
  purpose: RightsPurpose,
  name: string,
): Promise<number> {
  const { flags, print } = context;
  const format = documentFormat(flags.output);
  const subject = flags.for === "" ? undefined : subjectNamed(flags.for);
  const rights = await operations.rightsFor(environment, purpose);
  const roleName = flags["role-name"] || name;
  if (!flags.check) {
    print.out(objectsText(await operations.rolesOf(rights, { name: roleName, subject }), format));
    return 0;
  }
  const { missingRights } = await import("../../engine/kube/mod.ts");
  const { signal, kube: { cluster: { transport } } } = environment;
  const missing = await missingRights(transport, rights, { signal, subject: subject && accessSubject(subject) });
  const roles = await operations.rolesOf(missing, { name: roleName, subject });
  if (format === undefined) await printMissing(context, rights, missing);
  else printDocument("Rights", { allowed: missing.length === 0, asked: rights.length, missing, roles }, format, print);
  return missing.length === 0 ? 0 : 1;
}

async function printMissing(
  { flags, print, advise }: RbacContext,
  rights: readonly Right[],
  missing: readonly Right[],
): Promise<void> {
  const { describeRight } = await import("../../engine/kube/mod.ts");
  const who = flags.for === "" ? "this user" : flags.for;
  if (missing.length === 0) {
    print.out(`${who} has all ${rights.length} rights\n`);
    return;
  }
  for (const right of missing) print.out(`missing: ${describeRight(right)}\n`);
  advise(
    `${who} lacks ${missing.length} of ${rights.length} rights. The same command without --check prints the role to ask for.`,
  );
}

/** Returns several objects as one text: YAML documents, or a List in JSON. */
export function objectsText(objects: readonly KubeObject[], format: "json" | "yaml" | undefined): string {
  if (format === "json") return `${jsonText({ apiVersion: "v1", kind: "List", items: objects })}\n`;
  return objects.map((object) => `---\n${yamlText(object)}`).join("");
}

/**
 * Returns the subject that a name means: `system:serviceaccount:NAMESPACE:NAME` or `serviceaccount:NAMESPACE:NAME` is a
 * service account, `group:NAME` a group, anything else a user.
 */
export function subjectNamed(text: string): RoleSubject {
  const [, namespace, account] = /^(?:system:)?serviceaccount:([^:]+):([^:]+)$/.exec(text) ?? [];
  if (namespace !== undefined && account !== undefined) return { kind: "ServiceAccount", name: account, namespace };
  if (/^(system:)?serviceaccount:/.test(text)) {
    throw new SkegError("usage", `invalid service account ${JSON.stringify(text)}`, {
      hint: "Name it as system:serviceaccount:NAMESPACE:NAME.",
    });
  }
  return text.startsWith("group:")
    ? { kind: "Group", name: text.slice("group:".length) }
    : { kind: "User", name: text };
}

/** Returns a subject as an access review names it. */
function accessSubject({ kind, name, namespace }: RoleSubject) {
  const everyone = "system:authenticated";
  if (kind === "Group") return { groups: [name, everyone] };
  if (kind === "User") return { user: name, groups: [everyone] };
  const accounts = "system:serviceaccounts";
  return {
    user: `system:serviceaccount:${namespace}:${name}`,
    groups: [accounts, `${accounts}:${namespace}`, everyone],
  };
}
