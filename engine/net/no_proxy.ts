/**
 * `NO_PROXY`: hosts that are reached without a proxy.
 *
 * Source: `golang.org/x/net/http/httpproxy` as Go 1.14 has it.
 *
 * @module
 */
import { holds, type Ip, parseIp, parseNetwork, sameIp } from "./ip.ts";

/** The target of a request. */
export interface Destination {
  /** In lower case; an IPv6 address without brackets. */
  readonly host: string;
  /** Decimal; the scheme's default port when the address has none. */
  readonly port: string;
  /** The host's bytes when it is an IP address. */
  readonly ip: Ip | undefined;
}

type Rule = (destination: Destination) => boolean;

/**
 * Parses the variable's value: names, `.domain`, `*.domain`, addresses and
 * networks, and `*` for everything. All but networks may have a port.
 *
 * @returns A function that returns true if a destination matches.
 */
export function noProxyRules(text: string): Rule {
  const rules: Rule[] = [];
  for (const each of text.split(",")) {
    const entry = each.trim().toLowerCase();
    if (entry === "*") return () => true;
    const rule = entry === "" ? undefined : ruleOf(entry);
    if (rule !== undefined) rules.push(rule);
  }
  return (destination) => rules.some((rule) => rule(destination));
}

function ruleOf(entry: string): Rule | undefined {
  const network = parseNetwork(entry);
  if (network !== undefined) return ({ ip }) => ip !== undefined && holds(network, ip);
  const [host, wantedPort] = splitHostPort(entry) ?? [entry, ""];
  if (host === "") return undefined;
  const portFits = (port: string): boolean => wantedPort === "" || port === wantedPort;
  const address = parseIp(host);
  if (address !== undefined) return ({ ip, port }) => ip !== undefined && sameIp(address, ip) && portFits(port);
  const domain = host.startsWith("*.") ? host.slice(1) : host;
  // A domain with a leading dot matches its subdomains, but not itself.
  const suffix = domain.startsWith(".") ? domain : `.${domain}`;
  return (to) => (to.host.endsWith(suffix) || to.host === domain) && portFits(to.port);
}

/** Go's `net.SplitHostPort`; returns `undefined` where Go fails. */
function splitHostPort(text: string): [host: string, port: string] | undefined {
  const parts = /^(?:\[([^\]]*)\]|([^:[\]]*)):([^:[\]]*)$/.exec(text);
  return parts === null ? undefined : [parts[1] ?? parts[2] ?? "", parts[3] ?? ""];
}
