import * as vscode from "vscode";
import { abortReason } from "../base/abort.ts";

/** Aborts `controller` when the editor cancels, until disposed of. */
export function linkToken(
	token: vscode.CancellationToken,
	controller: AbortController,
): vscode.Disposable {
	if (token.isCancellationRequested) {
		controller.abort(abortReason);
	}
	return token.onCancellationRequested(() => controller.abort(abortReason));
}

/** Calls `run` with a signal that aborts when the editor cancels. */
export async function withSignal<Result>(
	token: vscode.CancellationToken,
	run: (signal: AbortSignal) => Promise<Result>,
): Promise<Result> {
	const controller = new AbortController();
	const link = linkToken(token, controller);
	try {
		return await run(controller.signal);
	} finally {
		link.dispose();
	}
}

/** Calls `run` with a token that cancels when `signal` aborts. */
export async function withToken<Result>(
	signal: AbortSignal,
	run: (token: vscode.CancellationToken) => PromiseLike<Result>,
): Promise<Result> {
	const source = new vscode.CancellationTokenSource();
	const cancel = (): void => source.cancel();
	if (signal.aborted) {
		cancel();
	}
	signal.addEventListener("abort", cancel, { once: true });
	try {
		return await run(source.token);
	} finally {
		signal.removeEventListener("abort", cancel);
		source.dispose();
	}
}
