import { taskInstruction } from "./tasks/taskPrompts.ts";
import type { TaskKind } from "./tasks/codeTask.ts";

export interface SlashCommand {
	readonly kind: TaskKind;
	/** What the person wrote behind it. */
	readonly instruction: string;
}

/** What the list of commands says about each. */
export const slashCommands: Readonly<Record<TaskKind, string>> = {
	explain: "Say what the selected code does and why",
	fix: "Fix the problems in the selected code",
	tests: "Write tests for the selected code",
	doc: "Write the documentation comment",
	refactor: "Change the selected code as described",
};

const pattern = /^\s*\/(\w+)(?:\s+([\s\S]*))?$/;

/** The command that a question begins with; undefined for a plain question. */
export function slashCommandOf(text: string): SlashCommand | undefined {
	const [, name = "", instruction = ""] = pattern.exec(text) ?? [];
	return isTaskKind(name) ? { kind: name, instruction: instruction.trim() } : undefined;
}

/** What the model is asked: a command in full words. */
export function questionWords(text: string): string {
	const command = slashCommandOf(text);
	return command === undefined ? text : taskInstruction(command.kind, command.instruction);
}

function isTaskKind(name: string): name is TaskKind {
	return Object.hasOwn(slashCommands, name);
}
