import { HeldText } from "../heldText.ts";
import type {
	AnswerEnd,
	AnswerResult,
	InfillModel,
	InfillRequest,
	InfillText,
	ModelDescription,
} from "../languageModel.ts";
import { AnswerMeter, answerPieces } from "./answerPieces.ts";
import { fimTemplateOf, type FimTemplate } from "./fimTemplates.ts";
import { infillCall, type InfillCall } from "./infillCall.ts";
import { ProbabilityFloor } from "./probabilityFloor.ts";
import { describeServed, type ServedModel } from "./servedModel.ts";

/** For what the estimate of tokens doesn't see: a beginning-of-text token, and rounding. */
const spareTokens = 8;

/** Fills holes by whichever way a server has. */
export class RemoteInfillModel implements InfillModel {
	readonly #served: ServedModel;
	readonly #template: FimTemplate | undefined;
	readonly #latest = new Map<string, AbortController>();

	/** `template` replaces the one that the model's name tells. */
	constructor(served: ServedModel, template: FimTemplate | undefined) {
		this.#served = served;
		this.#template = template;
	}

	get description(): ModelDescription {
		return describeServed(this.#served);
	}

	async *infill(
		request: InfillRequest,
		signal: AbortSignal,
	): AsyncGenerator<InfillText, AnswerResult, void> {
		const meter = new AnswerMeter(this.#served.clock);
		const replaced = new AbortController();
		const { supersedeKey } = request;
		if (supersedeKey !== undefined) {
			this.#latest.get(supersedeKey)?.abort();
			this.#latest.set(supersedeKey, replaced);
		}
		try {
			const end = yield* this.#write(request, meter, AbortSignal.any([signal, replaced.signal]));
			const isReplaced = end === "cancelled" && replaced.signal.aborted && !signal.aborted;
			return meter.result(isReplaced ? "superseded" : end);
		} finally {
			if (supersedeKey !== undefined && this.#latest.get(supersedeKey) === replaced) {
				this.#latest.delete(supersedeKey);
			}
		}
	}

	async *#write(
		request: InfillRequest,
		meter: AnswerMeter,
		signal: AbortSignal,
	): AsyncGenerator<InfillText, AnswerEnd, void> {
		const call = signal.aborted ? undefined : await this.#call(request, signal);
		if (call === undefined) {
			return "cancelled";
		}
		const pieces = answerPieces(
			{
				served: this.#served,
				request: {
					method: "post",
					path: call.path,
					body: call.body,
					model: this.#served.facts.model,
					urgency: request.priority,
				},
				parse: call.parse,
				meter,
				maxAnswerTokens: request.maxAnswerTokens,
			},
			signal,
		);
		const floor = new ProbabilityFloor(request.minJointProbability);
		const held = new HeldText(call.stop);
		try {
			for (;;) {
				const next = await pieces.next();
				if (next.done === true) {
					const rest = next.value === "cancelled" ? undefined : held.releaseAll();
					if (rest !== undefined) {
						yield rest;
					}
					return next.value;
				}
				const { text, logProbability, hasEnded } = floor.admit(next.value);
				held.push(text, logProbability);
				const released = hasEnded ? held.releaseAll() : held.release();
				if (released !== undefined) {
					yield released;
				}
				if (held.stopped) {
					return "stop";
				}
				if (hasEnded) {
					return "unlikely";
				}
			}
		} finally {
			await pieces.return("cancelled");
		}
	}

	/** Undefined when `signal` aborted. */
	async #call(request: InfillRequest, signal: AbortSignal): Promise<InfillCall | undefined> {
		const { facts, address } = this.#served;
		const known = await facts.known(signal, request.priority);
		if (known === undefined) {
			return undefined;
		}
		const budgetTokens = Math.min(
			request.maxPromptTokens,
			facts.contextTokens - request.maxAnswerTokens - spareTokens,
		);
		return infillCall({
			request,
			facts: known,
			address,
			template: this.#template ?? fimTemplateOf(known.model),
			budgetTokens,
		});
	}
}
