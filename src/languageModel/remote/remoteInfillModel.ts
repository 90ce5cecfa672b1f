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
import type { RemoteModelOptions } from "./remoteChatModel.ts";
import { describeRemote } from "./remoteDescription.ts";
import { StopScanner } from "./stopScanner.ts";

/** For what the estimate of tokens doesn't see: a beginning-of-text token, and rounding. */
const spareTokens = 8;

/** Fills holes by whichever way a server has. */
export class RemoteInfillModel implements InfillModel {
	readonly #options: RemoteModelOptions;
	readonly #template: FimTemplate | undefined;
	readonly #latest = new Map<string, AbortController>();

	/** `template` replaces the one that the model's name tells. */
	constructor(options: RemoteModelOptions, template: FimTemplate | undefined) {
		this.#options = options;
		this.#template = template;
	}

	get description(): ModelDescription {
		return describeRemote(this.#options.address, this.#options.facts);
	}

	async *infill(
		request: InfillRequest,
		signal: AbortSignal,
	): AsyncGenerator<InfillText, AnswerResult, void> {
		const meter = new AnswerMeter(this.#options.clock);
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
		const { connection, address, clock } = this.#options;
		const call = signal.aborted ? undefined : await this.#call(request, signal);
		if (call === undefined) {
			return "cancelled";
		}
		const pieces = answerPieces(
			{
				connection,
				request: {
					method: "post",
					path: call.path,
					body: call.body,
					model: this.#options.facts.model,
					urgency: request.priority,
				},
				parse: call.parse,
				meter,
				clock,
				origin: address.origin,
			},
			signal,
		);
		const floor = new ProbabilityFloor(request.minJointProbability);
		const scanner = new StopScanner(call.stop);
		// Of text that the scanner holds back too: it is yielded with what follows.
		let logProbability: number | undefined = 0;
		try {
			for (;;) {
				const next = await pieces.next();
				if (next.done === true) {
					const rest = next.value === "cancelled" ? "" : scanner.flush();
					if (rest !== "") {
						yield { text: rest, logProbability };
					}
					return next.value;
				}
				const admitted = floor.admit(next.value);
				const scanned = scanner.push(admitted.text);
				logProbability =
					logProbability === undefined || admitted.logProbability === undefined
						? undefined
						: logProbability + admitted.logProbability;
				const text =
					admitted.hasEnded && !scanned.hasStopped ? scanned.text + scanner.flush() : scanned.text;
				if (text !== "") {
					yield { text, logProbability };
					logProbability = logProbability === undefined ? undefined : 0;
				}
				if (scanned.hasStopped || admitted.hasEnded) {
					return scanned.hasStopped ? "stop" : "unlikely";
				}
			}
		} finally {
			await pieces.return("cancelled");
		}
	}

	/** Undefined when `signal` aborted. */
	async #call(request: InfillRequest, signal: AbortSignal): Promise<InfillCall | undefined> {
		const { facts, address } = this.#options;
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
