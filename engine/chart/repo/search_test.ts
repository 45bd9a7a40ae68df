import { deepEqual, throws } from "node:assert/strict";
import { decodeIndex } from "./index_file.ts";
import { searchIndexes, type SearchQuery } from "./search.ts";

const INDEX = decodeIndex(JSON.stringify({
  apiVersion: "v1",
  entries: {
    web: [
      { name: "web", version: "1.0.0", description: "Serves pages", keywords: ["http", "front"] },
      { name: "web", version: "1.10.0", description: "Serves pages" },
      { name: "web", version: "2.0.0-rc.1", description: "Serves pages" },
    ],
    Database: [{ name: "Database", version: "0.1.0", description: "Keeps what the web needs" }],
    odd: [{ name: "odd", version: "nonsense", keywords: ["web"] }],
  },
}));
const REPOSITORIES = [{ name: "t", index: INDEX }, { name: "b", index: INDEX }];

const found = (query: SearchQuery) =>
  searchIndexes(REPOSITORIES, query).map(({ name, score, chart }) => `${name} ${chart.version} ${score}`);

Deno.test("searchIndexes() without words gives the newest release of all charts, by name", () => {
  deepEqual(found({}), [
    "b/Database 0.1.0 0",
    "b/odd nonsense 0",
    "b/web 1.10.0 0",
    "t/Database 0.1.0 0",
    "t/odd nonsense 0",
    "t/web 1.10.0 0",
  ]);
});

Deno.test("searchIndexes() orders by the field in which the words stand, and gives names in small letters", () => {
  deepEqual(found({ words: "WEB" }), [
    "b/web 1.10.0 0",
    "t/web 1.10.0 0",
    "b/database 0.1.0 2",
    "t/database 0.1.0 2",
    "b/odd nonsense 3",
    "t/odd nonsense 3",
  ]);
  deepEqual(found({ words: "t/web" }), ["t/web 1.10.0 1"]);
  deepEqual(found({ words: "http front" }), ["b/web 1.0.0 3", "t/web 1.0.0 3"]);
  deepEqual(found({ words: "nothing" }), []);
});

Deno.test("searchIndexes() finds by a function, in any case that it wants", () => {
  deepEqual(found({ find: (text) => text.search(/^Data/) }), ["b/Database 0.1.0 0", "t/Database 0.1.0 0"]);
  deepEqual(found({ find: (text) => text.search(/\vt\/we/) }), ["t/web 1.10.0 0"]);
});

Deno.test("searchIndexes() keeps versions in the range, all when asked, and those that are none", () => {
  deepEqual(found({ words: "b/web", range: ">0.0.0-0" }), ["b/web 2.0.0-rc.1 1"]);
  deepEqual(found({ words: "b/web", all: true }), ["b/web 1.10.0 1", "b/web 1.0.0 1"]);
  deepEqual(found({ words: "b/web", range: "~1.0" }), ["b/web 1.0.0 1"]);
  deepEqual(found({ words: "odd", range: ">9" }), ["b/odd nonsense 0", "t/odd nonsense 0"]);
  throws(() => found({ range: "x y" }), {
    kind: "semver",
    message: "an invalid version/constraint format: improper constraint: x y",
  });
});
