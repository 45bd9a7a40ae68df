/**
 * Prepares the deletion of a stored manifest. Pure.
 *
 * Source: Helm 2.17.0, `DeleteRelease` in `pkg/tiller/release_modules.go`,
 * `pkg/tiller/resource_policy.go`.
 *
 * @module
 */
import { classify, type Head, inKindOrder, splitDocuments, UNINSTALL_ORDER } from "../chart/render/mod.ts";
import { type KnownDocuments, KubeManifest } from "../kube/mod.ts";
import { DocumentReader } from "./decoded.ts";
import { messageOf } from "../base/mod.ts";

const POLICY_ANNOTATION = "helm.sh/resource-policy";

/** One document of a stored manifest, as Tiller deletes them. */
export interface DocumentToDelete {
  /** The document, trimmed. */
  readonly text: string;
  /** The document's identifying fields. */
  readonly head: Head;
  /** The document alone. */
  readonly manifest: KubeManifest;
}

/** A stored manifest, ready to be deleted. */
export interface Deletion {
  /** To delete, in this order. */
  readonly documents: readonly DocumentToDelete[];
  /** To keep, because their resource policy says so. */
  readonly keep: readonly DocumentToDelete[];
  /** All documents, decoded. */
  readonly known?: KnownDocuments | undefined;
  /** Why nothing can be deleted, when the manifest is not YAML. */
  readonly problem?: string | undefined;
}

/**
 * Splits a stored manifest into documents, in the order they are deleted.
 *
 * Helm 2: every resource policy except `delete` keeps an object, even an empty one. Documents with a hook
 * annotation are not deleted; here only records that were edited by hand have them.
 */
export function prepareDeletion(manifest: KubeManifest): Deletion {
  const files = splitDocuments(manifest.text).map((text, index) => [`manifest-${index}`, text]);
  const reader = new DocumentReader(manifest.byText());
  try {
    const { manifests } = classify(Object.fromEntries(files), {}, reader.readHead);
    const ordered = inKindOrder(manifests, UNINSTALL_ORDER)
      .map(({ text, head }) => ({ text, head, manifest: new KubeManifest(text, reader.known) }));
    return {
      documents: ordered.filter((document) => !isKept(document)),
      keep: ordered.filter(isKept),
      known: reader.known,
    };
  } catch (cause) {
    const problem = `corrupted release record. You must manually delete the resources: ${messageOf(cause)}`;
    return { documents: [], keep: [], problem };
  }
}

function isKept(document: DocumentToDelete): boolean {
  const policy = document.head.annotations[POLICY_ANNOTATION];
  return policy !== undefined && policy !== "delete";
}
