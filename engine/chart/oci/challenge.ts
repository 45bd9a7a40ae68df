/**
 * What a registry wants to see: the header `WWW-Authenticate`.
 *
 * Source: RFC 9110, 11.6.1, and the distribution specification of tokens.
 *
 * @module
 */

/** One way to show who one is. */
export interface Challenge {
  /** In lower case, such as `bearer`. */
  readonly scheme: string;
  /** By name in lower case. */
  readonly parameters: Readonly<Record<string, string>>;
}

const TOKEN = /[!#$%&'*+.^_`|~0-9A-Za-z-]+/y;
const PARAMETER = /\s*([!#$%&'*+.^_`|~0-9A-Za-z-]+)\s*=\s*(?:"((?:[^"\\]|\\.)*)"|([!#$%&'*+.^_`|~0-9A-Za-z:/-]+))/y;

/** Reads the header; what cannot be read ends it. */
export function parseChallenges(header: string): Challenge[] {
  const found: Challenge[] = [];
  let at = 0;
  const match = (pattern: RegExp): RegExpExecArray | null => {
    pattern.lastIndex = at;
    const hit = pattern.exec(header);
    if (hit !== null) at = pattern.lastIndex;
    return hit;
  };
  const skip = (): void => {
    while (at < header.length && /[\s,]/.test(header[at] ?? "")) at++;
  };
  for (skip(); at < header.length; skip()) {
    const scheme = match(TOKEN)?.[0];
    if (scheme === undefined) break;
    const parameters: Record<string, string> = {};
    for (;;) {
      const before = at;
      skip();
      const [, name, quoted, plain] = match(PARAMETER) ?? [];
      if (name === undefined) {
        at = before;
        break;
      }
      parameters[name.toLowerCase()] = quoted?.replace(/\\(.)/g, "$1") ?? plain ?? "";
    }
    found.push({ scheme: scheme.toLowerCase(), parameters });
  }
  return found;
}
