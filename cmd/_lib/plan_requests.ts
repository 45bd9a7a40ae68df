/**
 * The requests of a plan as YAML documents.
 *
 * @module
 */
import type { PlannedRequest } from "../../engine/release/mod.ts";
import { decodeJson, encodeJson, encodeYaml } from "../../engine/lang/yaml/mod.ts";

/** Returns one document for each request, with the request's line as a comment. */
export function requestLines(requests: readonly PlannedRequest[]): string {
  return requests.map(({ method, path, contentType, body }) => {
    const type = contentType === undefined ? "" : `# ${contentType}\n`;
    return `---\n# ${method} ${path}\n${type}${body === undefined ? "" : encodeYaml(decodeJson(encodeJson(body)))}`;
  }).join("");
}
