import { deepEqual, equal, match } from "node:assert/strict";
import { join } from "node:path";
import { inFolder } from "../../tests/_lib/folder.ts";
import { program } from "../../tests/_lib/program.ts";

/** Serves an index on loopback while `work` runs. */
async function withRepository(work: (url: string) => Promise<void>): Promise<void> {
  const server = Deno.serve(
    { port: 0, hostname: "127.0.0.1", onListen: () => {} },
    (request) =>
      new URL(request.url).pathname === "/charts/index.yaml"
        ? new Response("apiVersion: v1\nentries: {}\n")
        : new Response("no", { status: 404 }),
  );
  try {
    await work(`http://127.0.0.1:${server.addr.port}/charts`);
  } finally {
    await server.shutdown();
  }
}

Deno.test("init makes a home with both repositories, and a second time changes nothing", () =>
  withRepository((url) =>
    inFolder({}, async (folder) => {
      const home = join(folder, "home");
      const words = ["init", "--client-only", "--home", home, "--stable-repo-url", url];
      const first = await program(words);
      deepEqual([first.code, first.stderr], [0, ""]);
      match(first.stdout, new RegExp(`Adding stable repo with URL: ${url} \n`));
      const list = await Deno.readTextFile(join(home, "repository", "repositories.yaml"));
      match(list, /name: stable[^]*name: local/);
      equal(
        await Deno.readTextFile(join(home, "repository", "cache", "stable-index.yaml")),
        "apiVersion: v1\nentries: {}\n",
      );
      match(await Deno.readTextFile(join(home, "repository", "cache", "local-index.yaml")), /^apiVersion: v1\n/);

      const second = await program(words);
      equal(
        second.stdout,
        `$HELM_HOME has been configured at ${home}.\n` +
          "Not installing Tiller due to 'client-only' flag having been set\n",
      );
      equal(await Deno.readTextFile(join(home, "repository", "repositories.yaml")), list);
    })
  ));

Deno.test("init leaves no list of repositories when stable cannot be reached", () =>
  withRepository((url) =>
    inFolder({}, async (folder) => {
      const { code, stderr } = await program(["init", "-c", "--home", folder, "--stable-repo-url", `${url}/nothing`]);
      equal(code, 1);
      match(
        stderr,
        /^Error: error initializing: Looks like ".*" is not a valid chart repository or cannot be reached: /,
      );
      equal(await Deno.stat(join(folder, "repository", "repositories.yaml")).catch(() => "none"), "none");
    })
  ));

Deno.test("init without --client-only installs nothing, and says so", () =>
  inFolder({}, async (folder) => {
    const { code, stdout, stderr } = await program(["init", "--skip-refresh", "--home", folder]);
    deepEqual([code, stderr], [0, ""]);
    match(stdout, /\nNothing has been installed into the cluster: Tiller is not needed\n$/);
  }));

Deno.test("flags about Tiller are named in one line on stderr", async () => {
  const stderr = async (...words: string[]) => (await program(["init", "--dry-run", ...words])).stderr;
  equal(await stderr(), "");
  equal(await stderr("--wait"), "Note: --wait has no effect. There is no Tiller that could become ready.\n");
  equal(
    await stderr("--upgrade", "--service-account=x", "--wait", "--client-only"),
    "Note: --service-account, --upgrade and --wait have no effect: there is no Tiller.\n",
  );
  match(await stderr("--history-max", "5"), /^WARNING: --history-max is not remembered.*TILLER_HISTORY_MAX.*\n$/);
});

Deno.test("init --output is refused, because there is no manifest", async () => {
  const { code, stdout, stderr } = await program(["init", "-o", "yaml"], { watched: true });
  deepEqual([code, stdout], [1, ""]);
  equal(
    stderr,
    "Error: --output prints the manifest of Tiller, and there is none: Tiller is not needed\n" +
      "Leave --output out; 'helm init --client-only' sets up $HELM_HOME.\n",
  );
});
