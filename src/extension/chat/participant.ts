import * as vscode from "vscode";
import type { Logger } from "../../base/log.ts";
import { answerTurn } from "../../chat/answerTurn.ts";
import { answerTemperature } from "../../chat/chatPrompt.ts";
import { copiedNotes, type CopiedIn } from "../../chat/copiedNotes.ts";
import type { ChatWorkspace } from "../../chat/chatWorkspace.ts";
import { guardWorkspace } from "../../chat/guardedWorkspace.ts";
import type { AnswerByInfilling, ChosenModel } from "../../chat/infillQuestion.ts";
import type { MessageStatus } from "../../chat/messages.ts";
import { TokenCounter } from "../../chat/tokenCounter.ts";
import { indexAnswerer, type Answerer } from "../../chat/answerer.ts";
import { withSignal } from "../cancellation.ts";
import type { LastEditor } from "./lastEditor.ts";
import {
	participantQuestion,
	pastTurns,
	type AddedReference,
	type HistoryTurn,
} from "./participantQuestion.ts";
import { hrefInWorkspace } from "../edits/explainFromIndex.ts";
import { pathInWorkspace, uriInWorkspace } from "../workspacePaths.ts";

export interface ParticipantOptions {
	readonly chosenModel: () => ChosenModel;
	readonly workspace: ChatWorkspace;
	readonly answerByInfilling: AnswerByInfilling;
	readonly copiedIn: CopiedIn;
	readonly lastEditor: LastEditor;
	readonly icon: vscode.Uri;
	readonly logger: Logger;
}

const participantId = "mote.chat";

/** `@mote` in the editor's own chat: the same models, prompts and slash commands as in the sidebar. */
export function registerParticipant(options: ParticipantOptions): vscode.ChatParticipant {
	const participant = vscode.chat.createChatParticipant(
		participantId,
		(request, context, stream, token) =>
			withSignal(token, (signal) => answer(options, request, context, stream, signal)),
	);
	participant.iconPath = options.icon;
	participant.followupProvider = { provideFollowups: (result) => followups(result) };
	return participant;
}

async function answer(
	{ chosenModel, workspace, answerByInfilling, copiedIn, lastEditor, logger }: ParticipantOptions,
	request: vscode.ChatRequest,
	{ history }: vscode.ChatContext,
	stream: vscode.ChatResponseStream,
	signal: AbortSignal,
): Promise<vscode.ChatResult> {
	const references = request.references.flatMap((each) => referenceOf(each, lastEditor) ?? []);
	const chosen = chosenModel();
	let answerer: Answerer | undefined;
	let text = "";
	let path = workspace.activeDocument()?.path;
	const status = await answerTurn(
		{
			question: {
				role: "user",
				id: "participant",
				text: participantQuestion(request.prompt, request.command, references),
			},
			past: pastTurns(history.flatMap((turn) => historyTurn(turn) ?? [])),
			firstTurn: 0,
			temperature: answerTemperature,
			chosen,
			counterOf: (chat) => new TokenCounter(chat),
			workspace: guardWorkspace(workspace),
			answerByInfilling,
			logger,
			onPrepared: ({ meter, target }) => {
				path = target?.path ?? path;
				const uri = target && uriInWorkspace(target.path);
				if (target !== undefined && uri !== undefined) {
					const { startLine, endLine } = target;
					stream.reference(
						new vscode.Location(uri, new vscode.Range(startLine, 0, endLine + 1, 0)),
					);
				}
				for (const leftOut of meter.leftOut) {
					stream.progress(`Left out: ${leftOut}`);
				}
			},
			onAnswerer: (who) => {
				answerer = who;
				stream.progress(
					who === indexAnswerer
						? "From the index, no model"
						: `${who.name}, on ${who.server ?? "this machine"}`,
				);
			},
			onText: (piece) => {
				text += piece;
				stream.markdown(piece);
			},
			// The editor's own chat knows no paths of the workspace.
			hrefOf: hrefInWorkspace,
		},
		signal,
	);
	if (status.kind === "failed" && status.lacksModel === true) {
		stream.button({ command: "mote.manageModels", title: "Get a Chat Model…" });
	}
	const code = answerer === indexAnswerer ? "" : text;
	for (const note of await copiedNotes(code, path, copiedIn, signal)) {
		stream.markdown(new vscode.MarkdownString("\n\n").appendText(note));
	}
	return resultOf(status, request.command, answerer);
}

function resultOf(
	status: Exclude<MessageStatus, { kind: "writing" }>,
	command: string | undefined,
	answerer: Answerer | undefined,
): vscode.ChatResult {
	const metadata = {
		status: status.kind,
		...(command === undefined ? {} : { command }),
		...(answerer === undefined ? {} : { model: answerer.name, place: answerer.place }),
	};
	switch (status.kind) {
		case "complete":
		case "stopped":
			return { metadata };
		case "cut":
			return {
				metadata,
				errorDetails: {
					message: "The answer was cut at the most tokens of one; ask Mote to go on.",
				},
			};
		case "failed":
			return { metadata, errorDetails: { message: status.sentence } };
	}
}

/** What one asks next of the same code. */
function followups({ metadata }: vscode.ChatResult): vscode.ChatFollowup[] {
	if (metadata?.["status"] !== "complete") {
		return [];
	}
	const offered: vscode.ChatFollowup[] = [
		{ prompt: "", command: "tests", label: "Write tests for it" },
		{ prompt: "", command: "doc", label: "Document it" },
		{ prompt: "", command: "explain", label: "Explain it" },
	];
	return metadata["command"] === undefined
		? []
		: offered.filter(({ command }) => command !== metadata["command"]).slice(0, 2);
}

function referenceOf(
	{ value }: vscode.ChatPromptReference,
	lastEditor: LastEditor,
): AddedReference | undefined {
	if (typeof value === "string") {
		return { kind: "text", text: value };
	}
	if (value instanceof vscode.Location) {
		const { editor } = lastEditor;
		const isSelection =
			editor?.document.uri.toString() === value.uri.toString() &&
			editor.selection.isEqual(value.range);
		return isSelection ? { kind: "selection" } : fileReference(value.uri);
	}
	return value instanceof vscode.Uri ? fileReference(value) : undefined;
}

function fileReference(uri: vscode.Uri): AddedReference | undefined {
	const path = pathInWorkspace(uri);
	return path === undefined ? undefined : { kind: "file", path };
}

function historyTurn(
	turn: vscode.ChatRequestTurn | vscode.ChatResponseTurn,
): HistoryTurn | undefined {
	if (turn.participant !== participantId) {
		return undefined;
	}
	return turn instanceof vscode.ChatRequestTurn
		? { kind: "request", prompt: turn.prompt, command: turn.command }
		: {
				kind: "response",
				text: turn.response
					.map((part) => (part instanceof vscode.ChatResponseMarkdownPart ? part.value.value : ""))
					.join(""),
			};
}
