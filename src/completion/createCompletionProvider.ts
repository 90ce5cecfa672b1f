import type { Clock } from "../base/clock.ts";
import type { Logger } from "../base/log.ts";
import type { SyntaxPosition, SyntaxService } from "../context/syntax/syntaxService.ts";
import { abortReason, yieldToEventLoop } from "../base/abort.ts";
import type { GenerateStats } from "../engine/engine.ts";
import type { ContextPiece } from "../context/source.ts";
import type { InfillModel } from "../languageModel/languageModel.ts";
import { AdaptiveDebounce } from "./adaptiveDebounce.ts";
import { answerKeyOf } from "./answerKey.ts";
import type { AnswerSource } from "./answerSource.ts";
import { none, shown, type CallResult } from "./callResult.ts";
import { CompletionCache } from "./completionCache.ts";
import { placeOf, type CompletionPlace } from "./completionPlace.ts";
import type {
	CompletionConfig,
	CompletionOutcome,
	CompletionProvider,
	CompletionRequest,
} from "./completionProvider.ts";
import {
	newNotes,
	piecesFigures,
	traceOf,
	type CallNotes,
	type CompletionTrace,
} from "./completionTrace.ts";
import { concludedAnswer } from "./concludedAnswer.ts";
import { describeOutcome } from "./describeOutcome.ts";
import { EngineAnswers, type EngineAnswersOptions } from "./engineAnswers.ts";
import { FaultLog } from "./faultLog.ts";
import { filterBeforeCache } from "./filters/index.ts";
import { Generation, type GenerationEnd } from "./generation.ts";
import { keysOf } from "./keys.ts";
import { isLongDocument } from "./longDocument.ts";
import { ReadBehind } from "./readBehind.ts";
import type { WindowStorage } from "./recentPieces.ts";
import { RelatedCode, type CollectContext } from "./relatedCode.ts";
import { ServerAnswers } from "./serverAnswers.ts";
import { ServerThenEngine } from "./serverThenEngine.ts";
import { createStopRule, linesFor } from "./stopRule.ts";
import { silenceAt, silenceIn } from "./trigger.ts";
import { timelyPosition } from "./timelyPosition.ts";
import { textWorthShowing, worthFor, type Worth } from "./worthShowing.ts";

export interface CompletionDependencies extends EngineAnswersOptions {
	/** The server's model that the user wants completions from, asked for each of them. */
	readonly server?: () => InfillModel | undefined;
	readonly syntax: SyntaxService;
	readonly clock: Clock;
	readonly logger: Logger;
	/** Finds related code in other files; without it prompts hold the file at hand only. */
	readonly collectContext?: CollectContext;
	/** Where the related code of the latest prompts is kept for the next window. */
	readonly piecesStorage?: WindowStorage;
	/**
	 * Called once for each call of `provide`, in order. `stats` tells the engine's work for it; undefined
	 * when the engine wasn't asked, or failed, or its answer was left to a later call. Comes after the
	 * outcome by as long as the engine needs to stop (one forward pass): only then they are known.
	 */
	readonly onDidFinish?: (
		outcome: CompletionOutcome,
		stats: GenerateStats | undefined,
		trace: CompletionTrace,
	) => void;
}

/**
 * Throws a UserError "modelUnusable" when the model can't fill in the middle.
 *
 * One completion is worked on at a time: a call takes the place of the one before it, for whatever
 * document. So one provider serves one editor window.
 */
export function createCompletionProvider(dependencies: CompletionDependencies): CompletionProvider {
	return new CompletionPipeline(dependencies);
}

/**
 * A cancelled request is usually followed at once by the one for the next key, which may join what is
 * being written. When none comes (the cursor moved away), the engine is stopped after this time.
 */
const orphanGraceMs = 250;

/** The stages, in order; each either ends the call with an outcome or leads to the next. */
class CompletionPipeline implements CompletionProvider {
	readonly #dependencies: CompletionDependencies;
	readonly #answers: AnswerSource;
	readonly #readBehind: ReadBehind;
	readonly #related: RelatedCode | undefined;
	readonly #cache = new CompletionCache();
	readonly #debounce = new AdaptiveDebounce();
	#running: Generation | undefined;
	/** Calls that have not ended, which includes those that wait and haven't asked for anything yet. */
	#underWay = 0;
	/** Ends the waiting of the call before. */
	#superseder = new AbortController();
	#hasJustAccepted = false;
	readonly #faults: FaultLog;

	constructor(dependencies: CompletionDependencies) {
		this.#dependencies = dependencies;
		this.#faults = new FaultLog(dependencies.logger);
		const { collectContext: collect, piecesStorage: storage, server, clock, logger } = dependencies;
		this.#answers = new ServerThenEngine({
			server: () => {
				const model = server?.();
				return model === undefined ? undefined : new ServerAnswers(model);
			},
			engine: new EngineAnswers(dependencies),
			clock,
			logger,
		});
		this.#readBehind = new ReadBehind(this.#answers, (error) => {
			this.#faults.log(error);
		});
		this.#related =
			collect === undefined ? undefined : new RelatedCode({ collect, storage, clock, logger });
	}

	async provide(
		request: CompletionRequest,
		config: CompletionConfig,
		signal: AbortSignal,
	): Promise<CompletionOutcome> {
		const { clock } = this.#dependencies;
		const startedAt = clock.now();
		const notes = newNotes();
		this.#underWay++;
		const result = await this.#complete(request, config, signal, startedAt, notes)
			.catch((error: unknown) => this.#faulty(error))
			.finally(() => this.#underWay--);
		void this.#report(result, traceOf(request, config, notes, result, clock.now() - startedAt));
		return result.outcome;
	}

	async prepare(
		where: Omit<CompletionRequest, "trigger">,
		config: CompletionConfig,
		signal: AbortSignal,
	): Promise<void> {
		const located = placeOf({ ...where, trigger: "automatic" });
		// For the engine what is prepared takes the place of whatever it was asked before.
		if (located.kind === "none" || this.#underWay > 0 || this.#running !== undefined) {
			return;
		}
		const { place } = located;
		// The next request is worth more than what may come after it.
		const ended = AbortSignal.any([signal, this.#superseder.signal]);
		try {
			const pieces = await this.#piecesFor(place, config, ended);
			if (!ended.aborted) {
				await this.#answers.prepare({ place, pieces, config, isAwaited: false }, ended);
			}
		} catch (error) {
			// What becomes of something that was given up, as when the engine ends with its window, is no fault.
			if (!ended.aborted) {
				this.#faults.log(error);
			}
		}
	}

	async settled(): Promise<void> {
		await this.#readBehind.settled();
	}

	didAccept(): void {
		// What follows an accepted completion is asked for at once; nobody is typing at that moment.
		this.#hasJustAccepted = true;
	}

	dispose(): void {
		this.#superseder.abort(abortReason);
		this.#readBehind.stop();
		this.#stopRunning();
	}

	async #complete(
		request: CompletionRequest,
		config: CompletionConfig,
		signal: AbortSignal,
		startedAt: number,
		notes: CallNotes,
	): Promise<CallResult> {
		this.#superseder.abort(abortReason);
		this.#superseder = new AbortController();
		const superseded = this.#superseder.signal;
		const ended = AbortSignal.any([signal, superseded]);
		const givenUp = (): CallResult => none(superseded.aborted ? "superseded" : "cancelled");

		const isLong = isLongDocument(request.text);
		if (isLong) {
			// The editor has just put the text together.
			await yieldToEventLoop();
			if (ended.aborted) {
				return givenUp();
			}
		}
		const located = placeOf(request);
		if (located.kind === "none") {
			this.#stopRunning();
			return none(located.reason);
		}
		const { place } = located;
		const pressedAt = startedAt - (request.keyAgeMs ?? 0);
		this.#debounce.noteKeystroke(pressedAt);
		this.#cache.useGate(config.minJointProbability);
		const hit = this.#cache.lookup(place);
		if (hit !== undefined) {
			notes.wasKnown = true;
			this.#stopRunning();
			return shown(place, hit.text, hit.typed === "" ? "cache" : "typingAsSuggested", hit.isFitted);
		}

		const worth = worthFor(config.minJointProbability, request.trigger, place);
		notes.worth = worth;
		const joined = await this.#join(place, worth, ended);
		if (joined !== undefined) {
			notes.wasJoined = true;
			return joined;
		}
		// Not before: what is being shown goes on where nothing new would be asked for, as in front of a word.
		const silence = silenceAt(place);
		if (silence !== undefined) {
			return ended.aborted ? givenUp() : none(silence);
		}
		if (isLong) {
			// Others get a copy of the text now.
			await yieldToEventLoop();
		}

		const wait = this.#waitMs(request, config, pressedAt);
		notes.waitMs = wait;
		const [position, pieces] = await Promise.all([
			timelyPosition(place, this.#dependencies, ended),
			this.#piecesFor(place, config, ended),
			this.#dependencies.clock.sleep(wait, ended),
		]);
		notes.position = position.kind;
		notes.pieces = piecesFigures(pieces);
		if (ended.aborted) {
			return givenUp();
		}
		const refusal = silenceIn(position, place, request.trigger, config);
		if (refusal !== undefined) {
			return none(refusal);
		}

		notes.wasAsked = true;
		const generation = this.#generate(place, position, pieces, config, worth, request.trigger);
		const end = await this.#waitFor(generation, place, ended);
		return end === undefined ? givenUp() : this.#concluded(generation, end, place, worth);
	}

	/** The outcome of an answer in flight that agrees with what was typed since, if enough is left of it to look at. */
	async #join(
		place: CompletionPlace,
		worth: Worth,
		ended: AbortSignal,
	): Promise<CallResult | undefined> {
		const running = this.#running;
		if (running === undefined) {
			return undefined;
		}
		const end = await this.#waitFor(running, place, ended);
		const hit = end?.kind === "answer" ? this.#cache.lookup(place) : undefined;
		if (hit !== undefined && keysOf(hit.text).length - 1 >= worth.minSavedKeys) {
			return { ...shown(place, hit.text, "inFlight", hit.isFitted), stats: running.stats };
		}
		if (!ended.aborted) {
			this.#stopRunning();
		}
		return undefined;
	}

	/** Stopping takes a forward pass of the engine, or a server's while; nobody is to join what is being stopped. */
	#stopRunning(): void {
		this.#running?.abort();
		this.#running = undefined;
	}

	#waitMs(request: CompletionRequest, config: CompletionConfig, pressedAt: number): number {
		const isAtOnce = request.trigger === "invoked" || this.#hasJustAccepted;
		this.#hasJustAccepted = false;
		return isAtOnce
			? 0
			: this.#debounce.waitMs(config.debounceMs, this.#dependencies.clock.now() - pressedAt);
	}

	async #piecesFor(
		place: CompletionPlace,
		config: CompletionConfig,
		ended: AbortSignal,
	): Promise<readonly ContextPiece[]> {
		const budgetTokens = this.#answers.maxPiecesTokens(place, config);
		return config.repositoryContext && budgetTokens > 0
			? ((await this.#related?.piecesFor(place, budgetTokens, ended)) ?? [])
			: [];
	}

	#generate(
		place: CompletionPlace,
		position: SyntaxPosition,
		pieces: readonly ContextPiece[],
		config: CompletionConfig,
		worth: Worth,
		trigger: CompletionRequest["trigger"],
	): Generation {
		const { syntax, clock } = this.#dependencies;
		const lines = linesFor(place, config.multiline, position.kind);
		// What wouldn't be shown isn't written.
		const surer = { ...config, minJointProbability: worth.minProbability };
		const startedAt = clock.now();
		const question = { place, pieces, config: surer, isAwaited: trigger === "invoked" };
		const generation = new Generation({
			write: (signal) => this.#answers.answer(question, signal),
			stopRule: createStopRule({ place, lines, syntax }),
			key: answerKeyOf(place),
			place,
		});
		this.#stopRunning();
		this.#running = generation;
		this.#readBehind.start(question, generation.stats);
		void generation.end.then((end) => {
			this.#running = this.#running === generation ? undefined : this.#running;
			if (end.kind === "answer") {
				this.#faults.clear();
				this.#debounce.noteAnswer(clock.now() - startedAt);
				this.#remember(generation, end, place, worth);
			}
		});
		return generation;
	}

	/** Puts an answer where this call, a joined one, and the next keys find it. */
	#remember(
		generation: Generation,
		end: GenerationEnd & { readonly kind: "answer" },
		place: CompletionPlace,
		worth: Worth,
	): void {
		// With white space at its end an answer would still be found when all of it has been typed.
		const shown = filterBeforeCache(textWorthShowing(end, place, worth), place) ?? "";
		// Within a line it may be what separates the text from what follows.
		const text = place.slot === undefined ? shown.trimEnd() : shown;
		if (text !== "") {
			this.#cache.store(generation.key, text, place.slot !== undefined);
		}
	}

	/** Undefined when `ended` aborts first, or the answer turns out to be of no use at `place`. */
	async #waitFor(
		generation: Generation,
		place: CompletionPlace,
		ended: AbortSignal,
	): Promise<GenerationEnd | undefined> {
		const end = await generation.endFor(place, ended);
		if (ended.aborted && end === undefined) {
			void this.#stopOrphan(generation);
		}
		return end;
	}

	async #stopOrphan(generation: Generation): Promise<void> {
		const over = new AbortController();
		void generation.end.then(() => over.abort(abortReason));
		await this.#dependencies.clock.sleep(orphanGraceMs, over.signal);
		if (generation.waiting === 0 && generation === this.#running) {
			this.#stopRunning();
		}
	}

	#concluded(
		generation: Generation,
		end: GenerationEnd,
		place: CompletionPlace,
		worth: Worth,
	): CallResult {
		const { stats } = generation;
		switch (end.kind) {
			case "failed":
				return this.#faulty(end.error);
			case "stopped":
				return { ...none(end.reason), stats };
			case "answer":
				return { ...concludedAnswer(end, place, worth), stats };
		}
	}

	#faulty(error: unknown): CallResult {
		return { ...none("engineUnavailable"), fault: this.#faults.log(error) };
	}

	async #report(result: CallResult, trace: CompletionTrace): Promise<void> {
		const { logger, onDidFinish } = this.#dependencies;
		const stats = await result.stats;
		logger.debug(describeOutcome(result.outcome, stats, trace.elapsedMs));
		onDidFinish?.(result.outcome, stats, trace);
	}
}
