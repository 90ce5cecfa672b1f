import { promptPath } from "../../base/promptPath.ts";
import { maxPiecesShare } from "../../prompt/fim.ts";
import { cellStart, characterStart } from "../../prompt/promptWindow.ts";
import type { InfillPiece, InfillRequest } from "../languageModel.ts";
import type { FimParts } from "./fimTemplates.ts";
import { asciiPerToken, estimateTokens } from "./tokenEstimate.ts";

/** As in prompts for the local model: more than about twenty lines after the cursor gain little. */
const suffixShare = 0.22;

/** What markers, paths' headers and the repository's name take at most. */
const overheadTokens = 24;

/**
 * Cuts a request down to `budgetTokens`, by {@link estimateTokens}. As for the local model the window must not
 * slide while one types, or the server's prefix cache is of no use: the prefix begins on a grid of lines.
 */
export function infillParts(
	request: InfillRequest,
	budgetTokens: number,
	takesPieces: boolean,
): FimParts {
	const path = promptPath(request.path);
	const room = Math.max(0, budgetTokens - overheadTokens - estimateTokens(path));
	const pieces = takesPieces ? piecesWithin(request.pieces, Math.floor(room * maxPiecesShare)) : [];
	const rest = room - pieces.reduce((sum, piece) => sum + pieceTokens(piece), 0);
	const suffix = suffixWithin(request.suffix, Math.floor(rest * suffixShare));
	return {
		path,
		prefix: prefixWithin(request.prefix, rest - estimateTokens(suffix)),
		suffix,
		pieces,
	};
}

/** The last pieces that fit, each with a clean path and a line break at its end. */
function piecesWithin(pieces: readonly InfillPiece[], maxTokens: number): readonly InfillPiece[] {
	const kept: InfillPiece[] = [];
	let used = 0;
	for (const piece of pieces.toReversed()) {
		const text = piece.text.toWellFormed();
		const clean = { path: promptPath(piece.path), text: text.endsWith("\n") ? text : `${text}\n` };
		used += pieceTokens(clean);
		if (used > maxTokens) {
			break;
		}
		kept.unshift(clean);
	}
	return kept;
}

function pieceTokens(piece: InfillPiece): number {
	return estimateTokens(piece.path) + estimateTokens(piece.text) + 8;
}

function prefixWithin(text: string, maxTokens: number): string {
	const maxUnits = Math.floor(maxTokens * asciiPerToken);
	if (text.length <= maxUnits && estimateTokens(text) <= maxTokens) {
		return text.toWellFormed();
	}
	// A window is a quarter of the budget shorter at worst, and its start stands still that long.
	const grid = Math.max(64, Math.floor(maxUnits / 4));
	const first = Math.max(1, Math.ceil((text.length - maxUnits) / grid));
	for (let index = first; index * grid < text.length; index++) {
		const at = cellStart(text, index, grid, text.length);
		if (at !== undefined) {
			// The window begins with a line, not with the line break before it.
			const window = text.slice(text.startsWith("\n", at) ? at + 1 : at);
			if (estimateTokens(window) <= maxTokens) {
				return window.toWellFormed();
			}
		}
	}
	// One long line, or a budget for less than one: a character takes at most two tokens by the estimate.
	const end = text.slice(
		characterStart(text, Math.max(0, text.length - Math.floor(maxTokens / 2))),
	);
	return estimateTokens(end) <= maxTokens ? end.toWellFormed() : "";
}

function suffixWithin(text: string, maxTokens: number): string {
	const maxUnits = Math.floor(maxTokens * asciiPerToken);
	if (text.length <= maxUnits && estimateTokens(text) <= maxTokens) {
		return text.toWellFormed();
	}
	let end = maxUnits;
	while (end > 0) {
		const newline = text.lastIndexOf("\n", end - 1);
		const window = text.slice(0, newline < 0 ? characterStart(text, end) : newline + 1);
		if (estimateTokens(window) <= maxTokens) {
			return window.toWellFormed();
		}
		end = Math.floor(Math.min(end - 1, window.length * 0.8));
	}
	return "";
}
