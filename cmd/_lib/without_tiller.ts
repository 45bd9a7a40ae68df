/**
 * Flags of Helm 2 that have no effect without Tiller, each with its explanation, and the note that is printed
 * when they are given.
 *
 * They are accepted, so that scripts keep working. `docs/without-tiller.md` is generated from this list.
 *
 * @module
 */
import type { Context, Flags } from "./command.ts";

/** Explanations by flag name. */
export type Sentences = Readonly<Record<string, string>>;

/** Flags of commands that would connect to Tiller. */
export const CONNECTION_SENTENCES: Sentences = {
  "host": "There is no Tiller to connect to: the API server of the kubeconfig is used.",
  "tiller-connection-timeout": "There is no connection to Tiller that could be waited for.",
  "tls": "There is no connection to Tiller that could be encrypted; the kubeconfig says how the API server is reached.",
  "tls-ca-cert": "There is no Tiller whose certificate could be checked; the file is not read.",
  "tls-cert": "There is no Tiller to show a certificate to; the file is not read.",
  "tls-hostname": "There is no Tiller whose certificate could name a host.",
  "tls-key": "There is no Tiller to show a certificate to; the file is not read.",
  "tls-verify": "There is no Tiller whose certificate could be checked.",
};

/** Flags of `init`, which has nothing to install. */
export const INIT_SENTENCES: Sentences = {
  "automount-service-account-token": "There is no Tiller pod that could mount a token.",
  "canary-image": "There is no Tiller image.",
  "force-upgrade": "There is no Tiller to upgrade.",
  "host": "There is no Tiller to connect to: the API server of the kubeconfig is used.",
  "net-host": "There is no Tiller pod that could use the network of its node.",
  "node-selectors": "There is no Tiller pod to be placed on a node.",
  "override": "There is no Tiller Deployment whose values could be overridden.",
  "replicas": "There is no Tiller Deployment that could have replicas.",
  "service-account": "There is no Tiller that acts for all users: each user acts with the rights of their kubeconfig.",
  "tiller-connection-timeout": "There is no connection to Tiller that could be waited for.",
  "tiller-image": "There is no Tiller image.",
  "tiller-tls": "There is no Tiller whose connections could be encrypted.",
  "tiller-tls-cert": "There is no Tiller that could have a certificate; the file is not read.",
  "tiller-tls-hostname": "There is no Tiller whose certificate could name a host.",
  "tiller-tls-key": "There is no Tiller that could have a key; the file is not read.",
  "tiller-tls-verify": "There is no Tiller that could check certificates.",
  "tls-ca-cert": "There is no Tiller whose certificate could be checked; the file is not read.",
  "upgrade": "There is no Tiller to upgrade.",
  "wait": "There is no Tiller that could become ready.",
};

/** Flags of `init` that are refused, because ignoring them would mislead. */
export const REFUSED_SENTENCES: Sentences = {
  "history-max":
    "There is no Tiller that could remember the limit: set $TILLER_HISTORY_MAX, or give --history-max to " +
    "the commands that write revisions.",
  "output": "There is no manifest of Tiller that could be printed; the flag is refused.",
};

/**
 * Prints one line on stderr with the given flags that have no effect. Ignores variables such as HELM_HOST and
 * HELM_TLS_ENABLE, because they are set for all commands.
 */
export function noteFlagsWithoutEffect<F extends Flags>(
  { given, print }: Pick<Context<F>, "given" | "print">,
  sentences: Sentences = CONNECTION_SENTENCES,
): void {
  const names = [...given].filter((name) => Object.hasOwn(sentences, name)).sort();
  const [only = ""] = names;
  if (names.length === 0) return;
  const text = names.length === 1
    ? `--${only} has no effect. ${sentences[only]}`
    : `${inWords(names.map((name) => `--${name}`))} have no effect: there is no Tiller.`;
  if (print.hints) print.err(`Note: ${text}\n`);
}

function inWords(words: readonly string[]): string {
  return `${words.slice(0, -1).join(", ")} and ${words.at(-1)}`;
}
