/**
 * The environment variables that connections depend on.
 *
 * @module
 */
import { type NetworkVariables, PROXY_VARIABLES } from "./proxy.ts";

/** Names of the variables that say which authorities the system trusts. */
const TRUST_VARIABLES: readonly string[] = [
  "SSL_CERT_FILE",
  "SSL_CERT_DIR",
  "DENO_CERT",
  "DENO_TLS_CA_STORE",
  "NODE_EXTRA_CA_CERTS",
];

/** Names of all variables that connections depend on. */
export const NETWORK_VARIABLES: readonly string[] = [...PROXY_VARIABLES, ...TRUST_VARIABLES];

/** Reads the variables of this process; those that may not be read count as absent. */
export function networkVariables(): NetworkVariables {
  const variables: Record<string, string | undefined> = {};
  for (const name of NETWORK_VARIABLES) {
    try {
      variables[name] = Deno.env.get(name);
    } catch {
      // Reading it is not permitted.
    }
  }
  return variables;
}
