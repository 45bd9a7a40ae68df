/**
 * Saving a plan, and applying what was saved.
 *
 * @module
 */
import { useSignal } from "@preact/signals";
import { ApiError, apiPath, ask, askLines } from "../lib/api.js";
import { html } from "../lib/h.js";
import { say, tell } from "../lib/live.js";
import { Failure, Mark } from "../lib/states.js";

/** @import { ApplyLine, MeAnswer, PlanAnswer, PlanRequest } from "../../app/ui/types.ts" */

/**
 * @param {{ me: MeAnswer | undefined, ctx: string, name: string, request: PlanRequest, disabled: boolean,
 *   show: (plan: PlanAnswer) => void, again: () => void }} props
 *   `show`: shows the plan that was saved, which may differ from the preview if the cluster has changed since. `again`: makes
 *   the preview anew, after a plan that could not be applied.
 */
export function Apply({ me, ctx, name, request, disabled, show, again }) {
  const saved = useSignal(/** @type {PlanAnswer | undefined} */ (undefined));
  const error = useSignal(/** @type {ApiError | undefined} */ (undefined));
  const save = async () => {
    try {
      const body = { ...request, save: true };
      saved.value =
        /** @type {PlanAnswer} */ (await ask(apiPath(["releases", ctx, name, "plans"]), { method: "POST", body }));
      show(saved.value);
      error.value = undefined;
      tell("the plan is saved");
    } catch (thrown) {
      error.value = thrown instanceof ApiError ? thrown : new ApiError(String(thrown));
    }
  };
  return html`<div class="apply">
    ${
    saved.value === undefined
      ? html`<p class="actions"><button type="button" disabled=${disabled} onClick=${() =>
        void save()}>save plan</button>
          <span class="aside">A saved plan is applied as it is, or not at all.</span></p>`
      : html`
        <p class="summary"><span class="state good"><${Mark} of="good" /><span>saved as ${saved.value.digest.slice(
          0,
          12,
        )}</span></span></p>
        <${Confirm} plan=${saved.value} me=${me} name=${name} again=${() => {
          saved.value = undefined;
          again();
        }} />
      `
  }
    ${error.value !== undefined && html`<${Failure} error=${error.value} title="The plan cannot be saved" />`}
  </div>`;
}

/** @param {{ plan: PlanAnswer, me: MeAnswer | undefined, name: string, again: () => void }} props */
function Confirm({ plan, me, name, again }) {
  const typed = useSignal("");
  const lines = useSignal(/** @type {readonly string[]} */ ([]));
  const error = useSignal(/** @type {ApiError | undefined} */ (undefined));
  const state = useSignal(/** @type {"waiting" | "running" | "done" | "failed"} */ ("waiting"));
  const why = refusal(me);
  const isConfirmed = !plan.danger || typed.value === name;
  const apply = async () => {
    state.value = "running";
    try {
      const body = plan.danger ? { confirm: typed.value } : {};
      const stream = /** @type {AsyncIterable<ApplyLine>} */ (askLines(apiPath(["plans", plan.digest, "apply"]), {
        method: "POST",
        body,
      }));
      for await (const line of stream) {
        if ("progress" in line) lines.value = [...lines.peek(), line.progress];
        else if ("done" in line) {
          state.value = "done";
          lines.value = [...lines.peek(), `revision ${line.done.revision} is ${line.done.status}`];
        } else throw new ApiError(line.error.message, line.error);
      }
      if (state.peek() === "running") throw new ApiError("the answer ended before the operation did");
    } catch (thrown) {
      state.value = "failed";
      error.value = thrown instanceof ApiError ? thrown : new ApiError(String(thrown));
    }
    say(error.peek()?.message ?? lines.peek().at(-1) ?? "");
  };
  if (why !== "") return html`<p class="none">${why}</p>`;
  return html`${
    plan.danger && state.value === "waiting" &&
    html`<label class="confirm">This plan has a danger. Type <b>${name}</b> to apply it:
      <input type="text" autocomplete="off" spellcheck=${false} value=${typed.value} onInput=${(
      /** @type {any} */ { target },
    ) => typed.value = target.value} /></label>`
  }
    ${
    state.value === "waiting" &&
    html`<p class="actions"><button type="button" class="danger" disabled=${!isConfirmed} onClick=${() =>
      void apply()}>apply</button></p>`
  }
    ${
    state.value !== "waiting" && html`
      <ol class="apply-log" role="log" aria-label="Progress">${lines.value.map((line) => html`<li>${line}</li>`)}</ol>
      <p class="summary">${state.value === "running"
        ? "applying…"
        : html`<span class=${`state ${state.value === "done" ? "good" : "failed"}`}><${Mark} of=${
          state.value === "done" ? "good" : "failed"
        } /><span>${state.value === "done" ? "applied" : "failed"}</span></span>`}</p>
      ${error.value !== undefined && html`
        <${Failure} error=${error.value} title="The plan was not applied to its end" />
        <p class="actions"><button type="button" onClick=${again}>plan again</button></p>
      `}
    `
  }`;
}

/** Says why nothing can be applied here; empty if it can. @param {MeAnswer | undefined} me */
function refusal(me) {
  if (me === undefined) return "Reading what you may do…";
  if (!me.allowWrite) {
    return "This page only reads. Start skeg ui with --allow-write, or copy the command.";
  }
  const missing = me.rights.find(({ use, allowed }) => use === "write" && !allowed);
  return missing === undefined ? "" : `You may not ${missing.words}.`;
}
