import * as vscode from "vscode";
import {
	NextEditEditor,
	plainTab,
	type NextEditsOptions,
	type NextEditsView,
} from "./nextEditEditor.ts";
import { nextEditReport } from "./nextEditReport.ts";

export interface NextEdits {
	readonly view: NextEditsView;
	/** How many there are in other files, for the status item and its menu; undefined where there are none. */
	readonly notice: string | undefined;
	/** Sentences for whoever asks why, or why not. */
	report(): readonly string[];
	/** To be called once all that `options` asks is there, and when settings or a snooze may be others. */
	configure(): void;
	dispose(): void;
}

/** Shows next edits while the setting is on, from the first `configure`. While it is off nothing listens, and nothing is kept. */
export function registerNextEdits(options: NextEditsOptions): NextEdits {
	const changed = new vscode.EventEmitter<void>();
	const looked = new vscode.EventEmitter<void>();
	let running: NextEditEditor | undefined;
	const configure = (): void => {
		const isOn = options.settings().nextEdits;
		if (isOn && running === undefined) {
			running = new NextEditEditor(
				options,
				() => {
					changed.fire();
					options.onDidChange();
				},
				() => looked.fire(),
			);
		} else if (!isOn) {
			running?.dispose();
			running = undefined;
		}
		if (running === undefined) {
			changed.fire();
		} else {
			running.placeChanged();
		}
	};
	const commands = vscode.Disposable.from(
		vscode.commands.registerCommand(
			"mote.acceptNextEdit",
			// The keybinding says so; who takes it from the palette means the edit.
			(by: unknown) => running?.tab(by === "tab") ?? plainTab(),
		),
		vscode.commands.registerCommand("mote.acceptAllNextEdits", () => running?.proposeAll()),
		vscode.commands.registerCommand("mote.dismissNextEdit", () => running?.dismiss()),
		vscode.commands.registerCommand("mote.showNextEditsElsewhere", (row: unknown) =>
			running?.list.show(row),
		),
	);
	return {
		view: {
			get shown() {
				return running?.shown;
			},
			get takesTab() {
				return running?.takesTab === true;
			},
			get elsewhere() {
				return running?.elsewhere;
			},
			get quiet() {
				return running === undefined ? "off" : running.quiet;
			},
			onDidChange: changed.event,
			onDidLookElsewhere: looked.event,
		},
		get notice() {
			return running?.notice;
		},
		report: () =>
			running?.report() ??
			nextEditReport({ quiet: "off", lastSearch: undefined, shown: undefined }),
		configure,
		dispose: () => {
			commands.dispose();
			running?.dispose();
			changed.dispose();
			looked.dispose();
		},
	};
}
