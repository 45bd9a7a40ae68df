const LABEL = "[a-z0-9]([-a-z0-9]*[a-z0-9])?";
const SUBDOMAIN = `${LABEL}(\\.${LABEL})*`;
const LENGTH_MAX = 253;

/**
 * Returns why `name` is not a DNS subdomain, in Kubernetes' words; empty if it is one.
 *
 * Source: k8s.io/apimachinery, `IsDNS1123Subdomain`.
 */
export function subdomainProblems(name: string): string[] {
  const problems: string[] = [];
  if (new TextEncoder().encode(name).length > LENGTH_MAX) {
    problems.push(`must be no more than ${LENGTH_MAX} characters`);
  }
  if (!new RegExp(`^${SUBDOMAIN}$`).test(name)) {
    problems.push(
      "a DNS-1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end " +
        `with an alphanumeric character (e.g. 'example.com', regex used for validation is '${SUBDOMAIN}')`,
    );
  }
  return problems;
}
