/**
 * Fields that the server or a controller fills in when a manifest leaves them out.
 *
 * @module
 */
import type { TypeFacts } from "./equal.ts";
import { type FieldPath, pathText, pointerOf } from "./paths.ts";

/** By kind; `*` stands for every kind. Text of paths, items of lists without their keys. */
const FILLED: Readonly<Record<string, readonly RegExp[]>> = {
  "*": [
    /^metadata\.annotations\["(deployment\.kubernetes\.io\/revision|deprecated\.daemonset\.template\.generation)"\]$/,
    // The old name of serviceAccountName: the server keeps both the same.
    /^spec\.(jobTemplate\.spec\.)?(template\.spec\.)?serviceAccount$/,
  ],
  Service: [
    /^spec\.(clusterIPs?|healthCheckNodePort|ipFamilies|ipFamilyPolicy)(\[|$)/,
    /^spec\.ports\[[^\]]*\]\.nodePort$/,
  ],
  ValidatingWebhookConfiguration: [/\.caBundle$/],
  MutatingWebhookConfiguration: [/\.caBundle$/],
  CustomResourceDefinition: [/\.caBundle$/],
  APIService: [/\.caBundle$/],
  PersistentVolumeClaim: [/^spec\.volumeName$/, /^metadata\.annotations\["(pv|volume(\.beta)?)\.kubernetes\.io\//],
  ServiceAccount: [/^secrets(\[|$)/],
  Namespace: [/^spec\.finalizers/, /^spec$/, /^metadata\.labels\["kubernetes\.io\/metadata\.name"\]$/],
  Pod: [/^spec\.nodeName$/],
};

/** True if the server or a controller fills in this field when the manifest leaves it out. */
export function isFilled({ kind }: TypeFacts, path: FieldPath): boolean {
  const text = pathText(pointerOf(path));
  return [...FILLED["*"] ?? [], ...FILLED[kind] ?? []].some((pattern) => pattern.test(text));
}
