import { equal } from "node:assert/strict";
import { listCommand } from "./_list_command.js";

const VIEW = { filter: "", sort: "name", all: false, contexts: [], count: 10 };

Deno.test("listCommand() lists what the fleet shows without a filter", () => {
  equal(listCommand(VIEW), "list --deployed --failed --pending");
  equal(listCommand({ ...VIEW, all: true, count: 412 }), "list --all --max 412");
});

Deno.test("listCommand() makes flags of the filter's terms, and a pattern of a word", () => {
  equal(listCommand({ ...VIEW, filter: "ns:shop status:FAILED" }), "list --failed --namespace shop");
  equal(listCommand({ ...VIEW, filter: "status:PENDING_UPGRADE" }), "list --pending");
  equal(
    listCommand({ ...VIEW, filter: "my.web", sort: "-updated" }),
    "list 'my\\.web' --deployed --failed --pending --date",
  );
  equal(listCommand({ ...VIEW, filter: "-redis chart:web" }), "list --deployed --failed --pending");
});

Deno.test("listCommand() names the contexts, quoted where a shell needs it", () => {
  equal(listCommand({ ...VIEW, all: true, contexts: ["a b", "c"] }), "list --all --contexts 'a b,c'");
});
