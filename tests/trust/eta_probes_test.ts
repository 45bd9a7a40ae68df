/**
 * Tries everything that an untrusted Eta template may reach for, in one chart: each probe
 * says what it got, and gets nothing.
 *
 * @module
 */
import { deepEqual, equal } from "node:assert/strict";
import { chartFromFiles, renderChart } from "../../mod.ts";

/** Values of the runtime and of the system, which must not be there. */
const ABSENT = [
  ..."Deno process require module exports global window self fetch caches console Worker SharedWorker WebSocket".split(
    " ",
  ),
  ..."EventSource XMLHttpRequest setTimeout setInterval setImmediate queueMicrotask WebAssembly SharedArrayBuffer"
    .split(" "),
  ..."ArrayBuffer Atomics FinalizationRegistry WeakRef localStorage sessionStorage indexedDB navigator location".split(
    " ",
  ),
  ..."postMessage close importScripts Buffer __dirname __filename performance crypto structuredClone Request Response"
    .split(" "),
  ..."Blob File ReadableStream MessageChannel BroadcastChannel Event EventTarget AbortController prompt alert confirm"
    .split(" "),
  ..."name onmessage reportError Uint8Array DataView __bootstrap __core primordials core internals opener parent top"
    .split(" "),
];

/** Ways to make code, or to get at what made the template; each returns what it got. */
const CODE = [
  "return Function('return 1')()",
  "return eval('1')",
  "return (() => {}).constructor('return this')()",
  "return (async () => {}).constructor('return 1')",
  "return Object.getPrototypeOf(function* () {}).constructor('yield 1')().next().value",
  "return it.constructor.constructor('return 1')()",
  "return it.Files.Get.constructor('return 1')()",
  "return include.constructor('return 1')()",
  "return [].map.constructor('return 1')()",
  "return Reflect.construct(Function, ['return 1'])()",
  "return Function.prototype.constructor.call(null, 'return 1')()",
  "return new Proxy(Function, {}).constructor('return 1')()",
  "return arguments.callee.caller",
  "return (function () { return arguments.callee.caller.caller })()",
  "let g = (function f() { return f.caller })(); for (let i = 0; i < 50 && g.caller; i++) g = g.caller; return g.constructor('return 1')()",
  "try { null.x } catch (e) { return e.constructor.constructor('return 1')() }",
  "try { (function f() { f() })() } catch (e) { return e.constructor.constructor('return 1')() }",
  "try { it.Files.Get(Symbol()) } catch (e) { return e.constructor.constructor('return 1')() }",
  "Error.prepareStackTrace = (_, sites) => sites; const { stack } = new Error(); return stack[stack.length - 1].getThis()",
  "Error.prepareStackTrace = (_, sites) => sites; const { stack } = new Error(); return stack[stack.length - 1].getFunction()",
  "Error.stackTraceLimit = 100; const m = /file:[^\\s)]*|\\/(home|root|Users|tmp|work)\\/[^\\s)]*/.exec(new Error().stack); return m ? m[0] : undefined",
  "return Object.getOwnPropertyNames(globalThis).find((name) => /deno|process|node/i.test(name))",
  "return Object.getOwnPropertySymbols(globalThis).map(String).find((name) => /Deno/.test(name))",
  "return globalThis.constructor.constructor('return 1')()",
  "return this.constructor.constructor('return 1')()",
  "globalThis.Deno = undefined; return globalThis.Deno",
  "return Object.prototype.__lookupGetter__.call(globalThis, 'Deno')",
  "let got; import('node:fs').then((m) => { got = m }, () => {}); return got",
  "let got; import('npm:x').then((m) => { got = m }, () => {}); return got",
  "let got; import('data:text/javascript,export default 1').then((m) => { got = m }, () => {}); return got",
  "return include('../../../../etc/passwd', {})",
  "return include('/etc/passwd', {})",
  "return include('__proto__', {})",
  "return it.Files.Get('/etc/passwd') || undefined",
  "return it.Files.Get('../../etc/passwd') || undefined",
  "return it.Files.Get('file:///etc/passwd') || undefined",
  "return it.Values.__proto__ && it.Values.__proto__.polluted",
  "it.Values.__proto__ = { polluted: 1 }; return ({}).polluted",
  'Object.assign(it.Values, JSON.parse(\'{"__proto__": {"polluted": 1}}\')); return ({}).polluted',
  "return this.config && this.config.views",
  "return this.readFile && this.readFile('/etc/passwd')",
  "return this.resolvePath && this.resolvePath('/etc/passwd')",
  "return this.loadTemplate && this.loadTemplate('x', 'return 1')",
  "return this.compileToString && undefined",
  "return typeof it.Values.password === 'string' ? undefined : 'no values'",
  "return new Date().toLocaleString('en', { timeZone: '/etc/passwd' })",
  "return Intl.DateTimeFormat.constructor('return 1')()",
];

Deno.test(`an Eta template gets nothing: ${ABSENT.length + CODE.length} probes`, async () => {
  const probe = (body: string): string =>
    `<% const got = (() => { try { const got = (() => { ${body} }).call(this); ` +
    "return got === undefined || got === null ? '' : typeof got + ' ' + String(got).slice(0, 60); } catch { return ''; } })(); %>" +
    "[<%~ got %>]";
  const templates = [...ABSENT.map((name) => `return typeof ${name} === "undefined" ? undefined : ${name}`), ...CODE];
  const files: Record<string, string> = {
    "Chart.yaml": "apiVersion: v1\nname: c\nversion: 1.0.0\nengine: eta\n",
    "values.yaml": "password: HUNTER2\n",
  };
  templates.forEach((body, at) => files[`templates/${String(at).padStart(3, "0")}.yaml`] = probe(body));
  const rendered = Object.values(await renderChart(chartFromFiles(files)));
  equal(rendered.length, templates.length);
  deepEqual(rendered.flatMap((text, at) => text.trim() === "[]" ? [] : [`${templates[at]}: ${text}`]), []);
  deepEqual(Object.keys(Object.prototype), []);
});
