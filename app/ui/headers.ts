/**
 * The headers of every answer.
 *
 * @module
 */

/**
 * Returns the headers that every answer has: nothing of another site is loaded, and no other site reads or frames anything.
 *
 * @param importMapHash `sha256-…` of the import map in the page; absent when it has none.
 */
export function securityHeaders(importMapHash?: string): Readonly<Record<string, string>> {
  const scripts = importMapHash === undefined ? "'self'" : `'self' '${importMapHash}'`;
  return {
    "content-security-policy": [
      "default-src 'none'",
      `script-src ${scripts}`,
      "style-src 'self'",
      "connect-src 'self'",
      "img-src 'self' data:",
      "font-src 'self'",
      "base-uri 'none'",
      "form-action 'none'",
      "frame-ancestors 'none'",
      "require-trusted-types-for 'script'",
      "trusted-types 'none'",
    ].join("; "),
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    "referrer-policy": "no-referrer",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
  };
}
