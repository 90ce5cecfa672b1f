import type { Logger } from "../base/log.ts";
import { isUserError, type UserError } from "../base/userError.ts";
import type { EngineState } from "../engineProcess/supervisor.ts";
import {
	chooseModel,
	standInFor,
	type ModelChoice,
	type ModelSetting,
} from "../model/modelChoice.ts";
import type { ModelInUse } from "./status.ts";

/** State of everything below the editor: loading, able to answer, or out of order. */
export type EngineStatus =
	| { readonly kind: "starting" }
	| { readonly kind: "ready"; readonly model: ModelInUse }
	/** Nobody was there for a while, and the model has given its memory back: it is loaded when somebody comes. */
	| { readonly kind: "resting" }
	| { readonly kind: "failed"; readonly message: string };

/** What is heard of a model's engine. */
export type HeardState = EngineState | Extract<EngineStatus, { kind: "resting" }>;

export interface ChosenModelOptions<Settings, Model> {
	/** Of the machine, or of the container in it. */
	readonly memoryBytes: number;
	readonly logger: Logger;
	/**
	 * Opens a model, whose engine's states go to `follow`. Rejects with a UserError for a model that can't be used. Never
	 * called while another is open.
	 */
	readonly openModel: (
		choice: ModelChoice,
		settings: Settings,
		follow: (state: HeardState) => void,
	) => Promise<Model>;
	readonly closeModel: (model: Model) => Promise<void>;
	readonly onDidChangeStatus: (status: EngineStatus) => void;
	/** Called when another model is open, or none. */
	readonly onDidChangeModel: () => void;
}

interface Wish<Settings> {
	readonly number: number;
	readonly settings: Settings;
}

/**
 * Keeps one model open: the one that the settings choose, or the bundled one that takes over where it can't run. Opening
 * one waits for the one before it to be gone, so that two are never in memory.
 */
export class ChosenModel<Settings extends { readonly model: ModelSetting }, Model> {
	private opened: Model | undefined;
	/** What is open or being opened. */
	private choice: ModelChoice | undefined;
	/** The end of all that was asked for so far; never rejects. */
	private last: Promise<void> = Promise.resolve();
	/** Counts what users asked for: what follows from an earlier wish is not done any more. */
	private wishes = 0;
	private isDisposed = false;

	constructor(private readonly options: ChosenModelOptions<Settings, Model>) {}

	/** Undefined while there is nothing that could answer; the status says why. */
	get model(): Model | undefined {
		return this.opened;
	}

	/** Replaces what is open by what `settings` choose. Never rejects: a fault becomes the status. */
	open(settings: Settings): Promise<void> {
		const wish = { number: ++this.wishes, settings };
		return this.replaceBy(wish, chooseModel(settings.model, this.options.memoryBytes));
	}

	async dispose(): Promise<void> {
		this.isDisposed = true;
		await this.last;
		await this.close();
	}

	private replaceBy(wish: Wish<Settings>, choice: ModelChoice): Promise<void> {
		this.last = this.last.then(async () => {
			await this.close();
			// What was asked for since then comes next, and nobody waits for this.
			if (!this.isDisposed && wish.number === this.wishes) {
				await this.openChoice(wish, choice);
			}
		});
		return this.last;
	}

	private async openChoice(wish: Wish<Settings>, choice: ModelChoice): Promise<void> {
		const { logger, onDidChangeStatus, onDidChangeModel } = this.options;
		this.choice = choice;
		if (choice.because !== undefined) {
			logger[choice.because.kind === "fault" ? "warn" : "info"](choice.because.sentence);
		}
		onDidChangeStatus({ kind: "starting" });
		try {
			this.opened = await this.options.openModel(choice, wish.settings, (state) => {
				this.follow(wish, choice, state);
			});
			onDidChangeModel();
		} catch (error) {
			if (!isUserError(error)) {
				logger.error(describe(error));
				onDidChangeStatus({
					kind: "failed",
					message: "Mote could not open its model because of a bug; the log has the details.",
				});
				return;
			}
			logger.error(error.message);
			this.fail(wish, choice, error);
		}
	}

	private follow(wish: Wish<Settings>, choice: ModelChoice, state: HeardState): void {
		// Whatever was replaced has nothing to say any more.
		if (choice !== this.choice) {
			return;
		}
		const { onDidChangeStatus } = this.options;
		switch (state.kind) {
			case "starting":
			case "restarting":
				onDidChangeStatus({ kind: "starting" });
				return;
			case "resting":
				onDidChangeStatus(state);
				return;
			case "ready": {
				const { modelName: name, backendName } = state;
				const { because } = choice;
				onDidChangeStatus({ kind: "ready", model: { name, backendName, because } });
				return;
			}
			case "failed":
				// The supervisor has logged it.
				this.fail(wish, choice, state.error);
				return;
			case "disposed":
				return;
		}
	}

	private fail(wish: Wish<Settings>, choice: ModelChoice, error: UserError): void {
		const standIn = standInFor(choice, error);
		if (standIn === undefined) {
			this.options.onDidChangeStatus({ kind: "failed", message: error.message });
		} else if (wish.number === this.wishes) {
			void this.replaceBy(wish, standIn);
		}
	}

	private async close(): Promise<void> {
		const { opened } = this;
		this.opened = undefined;
		this.choice = undefined;
		if (opened !== undefined) {
			this.options.onDidChangeModel();
			await this.options.closeModel(opened);
		}
	}
}

function describe(error: unknown): string {
	return error instanceof Error ? (error.stack ?? error.message) : String(error);
}
