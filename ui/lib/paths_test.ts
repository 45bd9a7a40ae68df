import { deepEqual, equal } from "node:assert/strict";
import { link, matched } from "./paths.js";

Deno.test("link() encodes parts, and leaves out fields without a value", () => {
  equal(
    link(["r", "arn:aws:eks:eu:1:cluster/prod", "shop", "web"]),
    "/r/arn%3Aaws%3Aeks%3Aeu%3A1%3Acluster%2Fprod/shop/web",
  );
  equal(link("/", { q: "ns:shop status:FAILED", sort: undefined, group: "" }), "/?q=ns:shop+status:FAILED");
  equal(link("/", { q: "a&b=c#d" }), "/?q=a%26b%3Dc%23d");
  equal(link("/"), "/");
});

Deno.test("link() and the browser's reading of it agree", () => {
  const q = "100% a+b ü & = # ? /";
  equal(new URL(link("/", { q }), "http://localhost").searchParams.get("q"), q);
});

Deno.test("matched() gives the parts of a path, decoded", () => {
  deepEqual(matched("/r/:ctx/:ns/:name", "/r/a%2Fb/shop/web"), { ctx: "a/b", ns: "shop", name: "web" });
  deepEqual(matched("/r/:ctx/:ns/:name/history", "/r/prod/shop/web/history"), { ctx: "prod", ns: "shop", name: "web" });
  deepEqual(matched("/", "/"), {});
  deepEqual(matched("/help", "/help/"), {});
  equal(matched("/r/:ctx/:ns/:name", "/r/prod/shop"), undefined);
  equal(matched("/r/:ctx/:ns/:name/history", "/r/prod/shop/web/values"), undefined);
  equal(matched("/r/:ctx/:ns/:name", "/r/%E0%A4%A/shop/web"), undefined);
});
