/**
 * An Eta template that searches for a way out of its context.
 *
 * @module
 */

/** Visits everything that a template can reach; prints functions whose constructor can make code, and objects of another realm. */
export const CRAWL = `<%
const seen = new Set();
const found = [];
const todo = [globalThis, skeg, it, this, options, arguments, include, (function () { return arguments; })(1)];
const errors = [() => null.x, () => { const f = () => f(); f(); }, () => Function("1"), () => "x".repeat(-1), () => JSON.parse("{"),
  () => new Proxy({}, null), () => decodeURI("%"), () => include("nowhere"), () => BigInt("x"), () => Symbol() + ""];
for (const fail of errors) { try { fail(); } catch (error) { todo.push(error, error.stack); } }
todo.push(import("npm:x"), (async () => {})(), (function* () {})(), (async function* () {})(), "a".matchAll(/a/g), [].values(), new Map().entries(),
  new Set().values(), ""[Symbol.iterator](), new Intl.Segmenter().segment("a")[Symbol.iterator](), Iterator.from([]), ((x) => x)\`a\`);
Error.prepareStackTrace = (_, sites) => { todo.push(sites, ...sites); return ""; };
todo.push(new Error("x").stack);
const trap = {};
for (const name of Object.getOwnPropertyNames(Reflect)) trap[name] = (...given) => { todo.push(...given); return Reflect[name](...given); };
const proxy = new Proxy(class extends Array {}, trap);
try { [1].concat(Reflect.construct(proxy, [])); Object.keys(proxy); proxy.x = 1; JSON.stringify(proxy); String(proxy); } catch {}
while (todo.length > 0) {
  const one = todo.pop();
  if (Object(one) !== one || seen.has(one)) continue;
  seen.add(one);
  todo.push(Reflect.getPrototypeOf(one));
  for (const key of Reflect.ownKeys(one)) {
    const { value, get, set } = Reflect.getOwnPropertyDescriptor(one, key) ?? {};
    todo.push(value, get, set);
    try { todo.push(one[key]); } catch {}
  }
  if (typeof one === "function") {
    if (!(one instanceof Function) && one !== Function.prototype) found.push("a function of another realm");
    try { one.constructor("return 1")(); found.push("makes code: " + one.name); } catch (error) { todo.push(error); }
  } else if (!(one instanceof Object) && one !== Object.prototype && Reflect.getPrototypeOf(one) !== null) found.push("another root: " + String(one));
}
-%>
<%= seen.size > 700 %> <%= JSON.stringify(found) %>`;
