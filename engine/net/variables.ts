/**
 * Environment variables that affect connections.
 *
 * @module
 */
import { type NetworkVariables, PROXY_VARIABLES } from "./proxy.ts";

/** Names of the variables that select the trusted authorities. */
const TRUST_VARIABLES: readonly string[] = [
  "SSL_CERT_FILE",
  "SSL_CERT_DIR",
  "DENO_CERT",
  "DENO_TLS_CA_STORE",
  "NODE_EXTRA_CA_CERTS",
];

/** Names of all variables that affect connections. */
export const NETWORK_VARIABLES: readonly string[] = [...PROXY_VARIABLES, ...TRUST_VARIABLES];

/** Returns these variables of the process. A variable that the program may not read counts as absent. */
export function networkVariables(): NetworkVariables {
  const variables: Record<string, string | undefined> = {};
  for (const name of NETWORK_VARIABLES) {
    try {
      variables[name] = Deno.env.get(name);
    } catch {
      // The program has no permission to read it.
    }
  }
  return variables;
}
