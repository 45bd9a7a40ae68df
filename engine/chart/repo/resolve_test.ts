import { deepEqual, equal, rejects } from "node:assert/strict";
import { join } from "node:path";
import { decodeRequirements, type Requirement } from "../load/mod.ts";
import { inFolder } from "../../../tests/_lib/folder.ts";
import { emptyRepositories, makeRepository, type RepositoryFile } from "./repositories.ts";
import { isLocal, localFolder, lockRequirements, sourceRequirements } from "./resolve.ts";

const FILE: RepositoryFile = {
  ...emptyRepositories(),
  repositories: [
    makeRepository({ name: "t", url: "http://h/charts/" }),
    makeRepository({ name: "u", url: "http://u" }),
  ],
};
const INDEX = JSON.stringify({
  apiVersion: "v1",
  entries: {
    db: [
      { name: "db", version: "3.0.0" },
      { name: "db", version: "2.0.0", urls: ["db-2.0.0.tgz"] },
      { name: "db", version: "1.5.0", urls: ["db-1.5.0.tgz"] },
      { name: "db", version: "odd", urls: ["db-odd.tgz"] },
    ],
  },
});

const requirements = (...entries: Record<string, string>[]): readonly Requirement[] =>
  decodeRequirements(JSON.stringify({ dependencies: entries })).dependencies ?? [];

const sources = async (...repositories: string[]) =>
  (await sourceRequirements(
    requirements(...repositories.map((repository) => ({ name: "a", repository }))),
    "/chart",
    FILE,
  ))
    .map(({ repository, known }) => [repository, known]);

Deno.test("sourceRequirements() finds repositories by @name, alias:name and address", async () => {
  deepEqual(await sources("@t", "alias:u", "http://h/charts", "http://u/", "http://other", "", "alias:nope"), [
    ["http://h/charts/", "t"],
    ["http://u", "u"],
    ["http://h/charts", "t"],
    ["http://u/", "u"],
    ["http://other", undefined],
    ["", undefined],
    ["alias:nope", undefined],
  ]);
});

Deno.test("sourceRequirements() names all that nobody knows, and says how repositories are written", async () => {
  await rejects(sources("@x", "@t", "@y"), {
    kind: "not-found",
    message: "no repository definition for @x, @y. Please add them via 'helm repo add'",
  });
  await rejects(sources("stable"), { message: /\nNote that repositories must be URLs or aliases\./ });
});

Deno.test("localFolder() starts at the chart", () =>
  inFolder({ "lib/x": "", "web/x": "" }, async (folder) => {
    equal(isLocal("file://../lib"), true);
    equal(isLocal("http://h"), false);
    equal(await localFolder("file://../lib", join(folder, "web")), join(folder, "lib"));
    equal(await localFolder(`file://${join(folder, "lib")}`, "/elsewhere"), join(folder, "lib"));
    await rejects(localFolder("file://../nope", join(folder, "web")), {
      kind: "not-found",
      message: `directory ${join(folder, "nope")} not found`,
    });
  }));

Deno.test("lockRequirements() chooses the highest version that can be downloaded", () =>
  inFolder({ "repository/cache/t-index.yaml": INDEX, "charts/own/x": "" }, async (home) => {
    const lock = async (name: string, version: string, repository: string, known: string | undefined) =>
      (await lockRequirements(
        [{ requirement: requirements({ name, version })[0] as Requirement, repository, known }],
        home,
        home,
      ))[0]?.version;
    equal(await lock("db", ">0", "http://h", "t"), "2.0.0");
    equal(await lock("db", "^1.0.0", "http://h", "t"), "1.5.0");
    equal(await lock("db", "^1.0.0", "http://other", undefined), "^1.0.0");
    equal(await lock("own", "anything", "", undefined), "anything");
    await rejects(lock("nope", "1", "", undefined), {
      message: `directory ${join(home, "charts", "nope")} not found`,
    });
    await rejects(lock("nope", "1", "http://h", "t"), { message: "nope chart not found in repo http://h" });
    await rejects(lock("db", "", "http://h", "t"), {
      kind: "semver",
      message: 'dependency "db" has an invalid version/constraint format: improper constraint: ',
    });
    await rejects(lock("db", ">5", "http://h", "t"), {
      message: /^Can't get a valid version for repositories db\. Try/,
    });
    await rejects(lock("db", ">0", "http://u", "u"), {
      message: /^no cached repo found\. \(try 'helm repo update'\)\. open /,
    });
  }));
