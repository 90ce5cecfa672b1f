import type * as vscode from "vscode";
import type { TaskCode, TaskPiece } from "../../chat/tasks/codeTask.ts";
import {
	fixByEditor,
	fixesByNearNames,
	type Mended,
	type PlacedProblem,
} from "../../chat/tasks/fixWithoutModel.ts";
import { fixByInfilling, type FixOutcome } from "../../chat/tasks/infillFix.ts";
import type { OffsetRange } from "../../context/syntax/structure.ts";
import type { InfillModel } from "../../languageModel/languageModel.ts";
import { DiagnosticTrial } from "./diagnosticTrial.ts";
import { plainOffset } from "./documentText.ts";
import type { EditsOptions } from "./editsOptions.ts";
import { namesAt, quickFixesFor } from "./quickFixes.ts";
import { taskProblem, wholeLines, type TaskPlace } from "./taskPlace.ts";

/** The ways to mend one problem without a conversation. None of them touches the document. */
export class ProblemFix {
	/** All that a model may change: the code that was meant, and the problem's lines. */
	readonly range: OffsetRange;
	readonly #code: TaskCode;
	readonly #placed: PlacedProblem;
	readonly #trial: DiagnosticTrial;

	/** `problem` is one that is reported about the place's document as it is now. */
	constructor(
		private readonly place: TaskPlace,
		private readonly problem: vscode.Diagnostic,
		private readonly options: EditsOptions,
	) {
		const { document, code } = place;
		const start = plainOffset(document, problem.range.start);
		const end = plainOffset(document, problem.range.end);
		const lines = wholeLines(code.text, { start, end });
		this.range = {
			start: Math.min(code.start, lines.start),
			end: Math.max(code.end, lines.end),
		};
		this.#code = { ...code, ...this.range };
		this.#placed = { start, end, message: problem.message };
		this.#trial = new DiagnosticTrial(document, problem, options.clock);
	}

	/** By the editor's own means, then by names that are near; undefined when none of that mends it. */
	async withoutModel(
		related: () => Promise<readonly TaskPiece[]>,
		signal: AbortSignal,
	): Promise<Mended | undefined> {
		const { document } = this.place;
		const { clock } = this.options;
		const mended = await fixByEditor(this.#code, this.#placed, {
			quickFixes: () => quickFixesFor(document, this.problem, clock, signal),
			namesAt: () => namesAt(document, this.problem.range.start, clock, signal),
		});
		if (mended !== undefined) {
			return mended;
		}
		for (const candidate of fixesByNearNames(this.#code, this.#placed, await related())) {
			if ((await this.#trial.verdictOn(candidate.text, signal)) === "gone") {
				return { ...candidate, by: `${candidate.by}, checked: the problem goes away` };
			}
		}
		return undefined;
	}

	/** By having the offending code written anew, where its language checks what is written. */
	async byInfilling(
		model: InfillModel,
		related: () => Promise<readonly TaskPiece[]>,
		signal: AbortSignal,
	): Promise<FixOutcome> {
		if (!(await this.#trial.canTell(signal))) {
			const who = this.problem.source ?? "the editor";
			return {
				kind: "none",
				sentence: signal.aborted
					? "Stopped; the document is as it was."
					: `${model.description.name} only fills in code, and ${who} doesn't say whether that would remove the problem; a chat model may find a fix.`,
				triedCandidates: 0,
			};
		}
		const { start, end } = this.#placed;
		return fixByInfilling(
			{
				code: this.#code,
				problem: { ...taskProblem(this.problem), start, end },
				related: await related(),
			},
			{ model, syntax: this.options.syntax() },
			(text, trialSignal) => this.#trial.verdictOn(text, trialSignal),
			signal,
		);
	}
}
