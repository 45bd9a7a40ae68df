/**
 * What several revisions of a release own together.
 *
 * @module
 */
import type { Release } from "../../model/mod.ts";
import { type ParsedManifest, readHead, splitDocuments } from "../render/mod.ts";

/**
 * The manifest of the first release, followed by the documents of the others
 * whose objects it does not have. The first to name an object decides.
 *
 * @param namespace For objects that name none.
 */
export function joinUnion(namespace: string, releases: readonly Release[]): string {
  const [first, ...others] = releases;
  if (first === undefined) return "";
  const known = new Set(splitDocuments(first.manifest).map((text) => identityOf(namespace, text)));
  let joined = first.manifest;
  for (const release of others) {
    if (release.manifest === first.manifest) continue;
    for (const text of splitDocuments(release.manifest)) {
      const identity = identityOf(namespace, text);
      if (known.has(identity)) continue;
      known.add(identity);
      joined += `\n---\n${text}`;
    }
  }
  return joined;
}

/** True for a revision that was begun and did not become DEPLOYED: what it made is the release's, and nobody's else. */
export function isUnfinished({ info }: Release): boolean {
  return info.status.code === "FAILED" || info.status.code.startsWith("PENDING_");
}

/** Which object a parsed document is about: kind, namespace and name, as Helm 2 tells objects apart. */
export function objectOf(namespace: string, document: ParsedManifest): string {
  const { kind, name } = document.head;
  // A list has no name of its own: its text says which one it is.
  return name === "" ? document.text : JSON.stringify([kind, document.head.namespace || namespace, name]);
}

function identityOf(namespace: string, text: string): string {
  try {
    const head = readHead(text);
    return objectOf(namespace, { path: "", kind: head.kind, text, head });
  } catch {
    return text; // not YAML: whoever uses it will say so
  }
}
