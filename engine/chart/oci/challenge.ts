/**
 * Parses a registry's authentication challenges: the header `WWW-Authenticate`.
 *
 * Source: RFC 9110, 11.6.1, and the distribution specification of tokens.
 *
 * @module
 */

/** One challenge: a scheme with its parameters. */
export interface Challenge {
  /** In lower case, such as `bearer`. */
  readonly scheme: string;
  /** Parameters by name, in lower case. */
  readonly parameters: Readonly<Record<string, string>>;
}

const TOKEN = /[!#$%&'*+.^_`|~0-9A-Za-z-]+/y;
const PARAMETER = /\s*([!#$%&'*+.^_`|~0-9A-Za-z-]+)\s*=\s*(?:"((?:[^"\\]|\\.)*)"|([!#$%&'*+.^_`|~0-9A-Za-z:/-]+))/y;

/** Returns the challenges of the header. Parsing stops at the first malformed part. */
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
