/**
 * Page "upgrade": what an upgrade would do, while its chart and values are being written; and the upgrade itself, where the
 * program was started with `--allow-write`.
 *
 * @module
 */
import { useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { ApiError, apiPath, ask } from "../lib/api.js";
import { CHANGE_HINTS, Changes } from "../lib/change_list.js";
import { changeSummary } from "../lib/changes.js";
import { copy } from "../lib/command.js";
import { useData } from "../lib/data.js";
import { classes, html } from "../lib/h.js";
import { linesOf, Text } from "../lib/lines.js";
import { say } from "../lib/live.js";
import { Failure, Read, Waiting } from "../lib/states.js";
import { useMe, usePage, word } from "../lib/store.js";
import { Apply } from "./apply.js";
import { archiveOf, ChartSource } from "./chart_source.js";
import { Editor } from "./editor.js";

/**
 * @import { Signal } from "@preact/signals"
 * @import { MeAnswer, PlanAnswer, PlanRequest, ReleaseAnswer, ValuesAnswer } from "../../app/ui/types.ts"
 * @import { PageProps } from "../routes.js"
 * @import { GivenChart } from "./chart_source.js"
 */

/** Time after the last key before the plan is made, in milliseconds. */
const QUIET_MS = 400;

/** Which values an upgrade begins with, in the words of its flags. */
/** @typedef {"reuse" | "reset"} Base */

/** @param {PageProps} props */
export default function Upgrade({ params, release }) {
  const { ctx = "", name = "" } = params;
  const chart = useSignal(/** @type {GivenChart} */ ({ kind: "recorded" }));
  const values = useSignal("");
  const base = useSignal(/** @type {Base} */ ("reuse"));
  const isMapped = useSignal(false);
  const me = /** @type {MeAnswer | undefined} */ (useMe(ctx).data.value);
  const turn = useSignal(0);
  const { plan, error, isReading, show } = usePreview({ ctx, name, chart, values, base, isMapped, turn });
  usePage({
    title: `${name}: upgrade`,
    command: plan === undefined ? `plan upgrade ${word(name)} CHART` : bareCommand(plan.command, me?.globalFlags ?? ""),
    ctx,
    hints: CHANGE_HINTS,
  });
  return html`
    <h2 class="spoken">Upgrade</h2>
    <div class="two upgrade">
      <section aria-label="Chart and values">
        <${ChartSource} chart=${chart} release=${release} />
        <${Mapping} isMapped=${isMapped} />
        <${Bases} base=${base} />
        <${Editor} label="Values" value=${values} problem=${error
          ?.message} placeholder=${"# what shall be different, as YAML"} />
        <${Recorded} ctx=${ctx} name=${name} release=${release} />
      </section>
      <section class="preview-side" aria-label="What the upgrade would do" aria-busy=${isReading}>
            <h3>What it would do</h3>
            ${error !== undefined && html`<${Failure} error=${error} title="This upgrade cannot be planned" />`}
            ${plan === undefined ? error === undefined && html`<${Waiting} what="what the upgrade would do" />` : html`
              <p class="command-line"><code>${plan.command}</code> <button type="button" onClick=${() =>
                void copy(plan.command)}>copy</button></p>
              <div class=${classes("planned", (isReading || error !== undefined) && "is-old")}>
                <${Changes} report=${plan.report} texts=${plan.texts} label=${`Upgrade of ${name}`} />
              </div>
              <${Apply} key=${JSON.stringify([chart.value, values.value, base.value, isMapped.value])} me=${me}
                ctx=${ctx} name=${name}
                request=${requestOf(chart.value, values.value, base.value, isMapped.value)} disabled=${isReading ||
                  error !== undefined} show=${show} again=${() => void turn.value++} />
            `}
          </section>
    </div>
  `;
}

/** Returns a command without the program's name and the flags that every command has here. @param {string} command @param {string} globalFlags */
function bareCommand(command, globalFlags) {
  return command.replace(/^\S+\s+/, "").replace(globalFlags, "").trimEnd();
}

/**
 * @param {GivenChart} chart
 * @param {string} values
 * @param {Base} base
 * @param {boolean} isMapped
 * @returns {PlanRequest}
 */
function requestOf(chart, values, base, isMapped) {
  return {
    operation: "upgrade",
    ...archiveOf(chart),
    ...values.trim() === "" ? {} : { values },
    text: true,
    ...isMapped ? { removedApis: /** @type {const} */ ("map") } : {},
    ...base === "reset" ? { resetValues: true } : { reuseValues: true },
  };
}

/**
 * The plan of what is written, made anew when the user pauses.
 *
 * @param {{ ctx: string, name: string, chart: Signal<GivenChart>, values: Signal<string>, base: Signal<Base>,
 *   isMapped: Signal<boolean>, turn: Signal<number> }} given `turn`: another number makes the same plan anew.
 */
function usePreview({ ctx, name, chart, values, base, isMapped, turn }) {
  const plan = useSignal(/** @type {PlanAnswer | undefined} */ (undefined));
  const error = useSignal(/** @type {ApiError | undefined} */ (undefined));
  const isReading = useSignal(true);
  useEffect(() => {
    const end = new AbortController();
    isReading.value = true;
    const read = async () => {
      const body = requestOf(chart.value, values.value, base.value, isMapped.value);
      try {
        const answer = /** @type {PlanAnswer} */ (await ask(apiPath(["releases", ctx, name, "plans"]), {
          method: "POST",
          body,
          signal: end.signal,
        }));
        plan.value = answer;
        error.value = undefined;
        say(changeSummary(answer.report));
      } catch (thrown) {
        if (end.signal.aborted) return;
        error.value = thrown instanceof ApiError ? thrown : new ApiError(String(thrown));
      }
      if (!end.signal.aborted) isReading.value = false;
    };
    const timer = setTimeout(() => void read(), plan.peek() === undefined && error.peek() === undefined ? 0 : QUIET_MS);
    return () => {
      clearTimeout(timer);
      end.abort();
    };
  }, [ctx, name, chart.value, values.value, base.value, isMapped.value, turn.value]);
  return {
    plan: plan.value,
    error: error.value,
    isReading: isReading.value,
    show: (/** @type {PlanAnswer} */ saved) => void (plan.value = saved),
  };
}

/**
 * Charts of old clusters name API versions that the server does not have: they can be planned with this choice only.
 *
 * @param {{ isMapped: Signal<boolean> }} props
 */
function Mapping({ isMapped }) {
  return html`<label class="choice"><input type="checkbox" checked=${isMapped.value} onChange=${() =>
    isMapped.value = !isMapped.value} />
      map removed API versions <code class="aside">--removed-apis map</code></label>`;
}

/** @param {{ base: Signal<Base> }} props */
function Bases({ base }) {
  /** @type {readonly (readonly [Base, string, string])[]} */
  const bases = [
    ["reuse", "change the recorded values", "--reuse-values"],
    ["reset", "only the values below", "--reset-values"],
  ];
  return html`<fieldset class="choices"><legend>Values</legend>${
    bases.map(([id, label, flag]) =>
      html`<label class="choice"><input type="radio" name="base" value=${id} checked=${
        base.value === id
      } onChange=${() => base.value = id} />
        ${label} <code class="aside">${flag}</code></label>`
    )
  }</fieldset>`;
}

/** The user's values as they are recorded: to read, with secrets masked. @param {{ ctx: string, name: string, release: ReleaseAnswer | undefined }} props */
function Recorded({ ctx, name, release }) {
  const isOpen = useSignal(false);
  const revision = release?.newest;
  const data = useData(
    !isOpen.value || revision === undefined
      ? undefined
      : apiPath(["releases", ctx, name, "revisions", revision, "values"]),
  );
  return html`<details onToggle=${(/** @type {any} */ { target }) => isOpen.value = target.open}>
    <summary>the values that revision ${revision} was given</summary>
    ${
    isOpen.value && html`<${Read} of=${data} what="the recorded values">${(/** @type {ValuesAnswer} */ { user }) =>
      linesOf(user).length === 0 || user.trim() === "{}" ? html`<p class="none">It was given none.</p>` : html`
        <div class="preview">
          <${Text} label="recorded values" text=${user} yaml />
        </div>
      `}<//>`
  }
  </details>`;
}
