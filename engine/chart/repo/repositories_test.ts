import { deepEqual, equal, match, rejects, throws } from "node:assert/strict";
import { join } from "node:path";
import { inFolder } from "../../../tests/_lib/folder.ts";
import { cachedIndexPath, repositoriesPath } from "./home.ts";
import {
  decodeRepositories,
  dropRepository,
  emptyRepositories,
  encodeRepositories,
  findRepository,
  loadRepositories,
  newRepository,
  putRepository,
  writeRepositories,
} from "./repositories.ts";

/** A file written by Helm 2.17.0. */
const TEXT = `apiVersion: v1
generated: "2026-11-29T11:21:09.659466747Z"
repositories:
- caFile: ""
  cache: /home/ann/.helm/repository/cache/stable-index.yaml
  certFile: ""
  keyFile: ""
  name: stable
  password: ""
  url: https://charts.helm.sh/stable
  username: ""
`;

const inHome = (work: (home: string) => Promise<void>) => inFolder({ "repository/cache/.keep": "" }, work);

Deno.test("a list of repositories is written as Helm writes it", () => {
  equal(encodeRepositories(decodeRepositories(TEXT)), TEXT);
  equal(findRepository(decodeRepositories(TEXT), "stable")?.url, "https://charts.helm.sh/stable");
  equal(findRepository(decodeRepositories(TEXT), "nope"), undefined);
});

Deno.test("decodeRepositories() takes absent fields for empty, and refuses what is older than 2.0", () => {
  deepEqual(decodeRepositories("apiVersion: v1\nrepositories:\n- {name: a, url: http://h}\n- null\n").repositories, [
    { name: "a", cache: "", url: "http://h", username: "", password: "", certFile: "", keyFile: "", caFile: "" },
  ]);
  for (const text of ["", "stable: http://h\n"]) {
    throws(() => decodeRepositories(text), { kind: "config", message: "repository file is out of date" });
  }
  throws(() => decodeRepositories("- a"), { kind: "yaml" });
});

Deno.test("loadRepositories() says what to do when there is no list", () =>
  inFolder({}, async (home) => {
    await rejects(loadRepositories(home), {
      kind: "config",
      message: `Couldn't load repositories file (${repositoriesPath(home)}).
You might need to run \`helm init\` (or \`helm init --client-only\` if tiller is already installed)`,
    });
  }));

Deno.test("putRepository() adds at the end or replaces in place; the file keeps its time and mode", () =>
  inHome(async (home) => {
    await writeRepositories(home, { ...emptyRepositories(new Date(0)), apiVersion: "v1" });
    const { generated } = await loadRepositories(home);
    if (Deno.build.os !== "windows") await Deno.chmod(repositoriesPath(home), 0o600);
    for (const [name, url] of [["a", "http://1"], ["b", "http://2"], ["a", "http://3"]]) {
      await putRepository(home, newRepository(home, { name: name ?? "", url: url ?? "" }));
    }
    const file = await loadRepositories(home);
    deepEqual(file.repositories.map(({ name, url }) => `${name} ${url}`), ["a http://3", "b http://2"]);
    equal(file.repositories[0]?.cache, cachedIndexPath(home, "a"));
    equal(file.generated, generated);
    if (Deno.build.os !== "windows") equal((await Deno.stat(repositoriesPath(home))).mode ?? 0 & 0o777, 0o100600);
  }));

Deno.test("putRepository() loses nothing when many are added at the same time", () =>
  inHome(async (home) => {
    await writeRepositories(home, emptyRepositories());
    const names = Array.from({ length: 8 }, (_, at) => `r${at}`);
    await Promise.all(names.map((name) => putRepository(home, newRepository(home, { name, url: "http://h" }))));
    deepEqual((await loadRepositories(home)).repositories.map(({ name }) => name).sort(), names);
    deepEqual(
      (await Array.fromAsync(Deno.readDir(join(home, "repository")))).map(({ name }) => name).sort(),
      ["cache", "repositories.lock", "repositories.yaml"],
    );
  }));

Deno.test("dropRepository() takes one out, and says when there is none", () =>
  inHome(async (home) => {
    await writeRepositories(home, emptyRepositories());
    await putRepository(home, newRepository(home, { name: "a", url: "http://h" }));
    await dropRepository(home, "a");
    deepEqual((await loadRepositories(home)).repositories, []);
    match(await Deno.readTextFile(repositoriesPath(home)), /^repositories: \[\]$/m);
    await rejects(dropRepository(home, "a"), { kind: "not-found", message: 'no repo named "a" found' });
  }));
