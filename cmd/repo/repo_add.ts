/**
 * `repo add`: adds a repository to the user's list.
 *
 * Source: Helm 2.17.0, `cmd/helm/repo_add.go`.
 *
 * @module
 */
import { accessOf, callerOf } from "../_lib/caller.ts";
import { SkegError } from "../../errors.ts";
import {
  findRepository,
  isSetUp,
  loadRepositories,
  newRepository,
  putRepository,
  updateRepository,
} from "../../engine/chart/repo/mod.ts";
import { type Context, defineCommand, defineFlags } from "../_lib/command.ts";
import { fetchOptions, givenAccess } from "../../app/fetching.ts";
import { CHART_SERVER_FLAGS, requireArgs } from "../_lib/flags.ts";
import { tellNote } from "../_lib/log.ts";
import { programName } from "../_lib/program_name.ts";
import { tellOfOpenList } from "../_lib/open_list.ts";
import { askHidden } from "../_lib/passphrase.ts";
import { quote } from "../../engine/base/mod.ts";

/** `repo add`. */
export const command = defineCommand({
  usage: "[flags] [NAME] [URL]",
  long: `
Adds a chart repository to your list. Its index is downloaded first: an address that
is not a repository, or cannot be reached, is not added. $HELM_HOME need not be set up
first: its folders and an empty list are made when they are missing.

A repository of that name is replaced, unless '--no-update' is given. Credentials (a
name and a password, or a client certificate) are stored in
$HELM_HOME/repository/repositories.yaml, and sent to the repository's host only.
With '--username' and without '--password' you are asked for a password.

A repository that does not answer within 30 seconds, here and in all other commands, is
an error; $SKEG_REPOSITORY_TIMEOUT sets another limit, in seconds.`,
  example: `  helm repo add stable https://charts.helm.sh/stable
  helm repo add ours https://charts.example.com --username ann
  helm repo add ours https://charts.example.com --ca-file ca.pem --cert-file ann.pem --key-file ann-key.pem`,
  flags: defineFlags({
    ...CHART_SERVER_FLAGS,
    "no-update": { type: "bool", usage: "Raise error if repo is already registered" },
    "password": { type: "string", usage: "Chart repository password" },
    "username": { type: "string", usage: "Chart repository username" },
  }),
  run: async (context) => {
    const { flags, args, print } = context;
    requireArgs(args, "name for the chart repository", "the url of the chart repository");
    const [name = "", url = ""] = args;
    const password = flags.username !== "" && flags.password === "" ? askHidden("Password:", print) : flags.password;
    const options = fetchOptions(callerOf(context));
    const { home } = options;
    if (programName(context.variables) === "skeg") await setUpOnce(home, context);
    const file = await loadRepositories(home);
    if (flags["no-update"] && findRepository(file, name) !== undefined) {
      throw new SkegError("exists", `repository name (${name}) already exists, please specify a different name`);
    }
    // In Helm 2 such a name becomes a path that may lead out of the cache, and charts of the repository
    // cannot be named.
    if (/[\\/\0]/.test(name)) {
      throw new SkegError(
        "usage",
        `repository name (${name}) contains '/'. Please specify a different name without '/'`,
      );
    }
    const repository = newRepository(home, { ...givenAccess(accessOf({ ...flags, password })), name, url });
    await updateRepository(repository, options);
    await putRepository(home, repository);
    await tellOfOpenList(context, [repository]);
    print.out(`${quote(name)} has been added to your repositories\n`);
  },
});

/**
 * Makes the folders of $HELM_HOME and an empty list of repositories, unless there is a list. Helm 2 refuses to add a
 * repository before `init`, which wants the network.
 */
async function setUpOnce(home: string, { print }: Pick<Context, "print">): Promise<void> {
  if (await isSetUp(home)) return;
  const { setUpHome } = await import("../../engine/chart/repo/mod.ts");
  await setUpHome(home, { stableUrl: "", localUrl: "", skipRepositories: true, skipRefresh: true, report: () => {} });
  tellNote(print, `Note: ${home} has been set up, with an empty list of repositories.`);
}
