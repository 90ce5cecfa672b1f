import * as vscode from "vscode";

/** Files of a scheme of their own, as extensions for archives or servers have them: as many as are put there, and no folders. */
export class MemoryFiles implements vscode.FileSystemProvider {
	readonly #changed = new vscode.EventEmitter<vscode.FileChangeEvent[]>();
	readonly #files = new Map<string, Uint8Array>();
	readonly onDidChangeFile = this.#changed.event;

	put(uri: vscode.Uri, text: string): void {
		this.#files.set(uri.toString(), new TextEncoder().encode(text));
	}

	textOf(uri: vscode.Uri): string {
		return new TextDecoder().decode(this.readFile(uri));
	}

	stat(uri: vscode.Uri): vscode.FileStat {
		return { type: vscode.FileType.File, ctime: 0, mtime: 0, size: this.readFile(uri).length };
	}

	readFile(uri: vscode.Uri): Uint8Array {
		const bytes = this.#files.get(uri.toString());
		if (bytes === undefined) {
			throw vscode.FileSystemError.FileNotFound(uri);
		}
		return bytes;
	}

	writeFile(uri: vscode.Uri, content: Uint8Array): void {
		this.#files.set(uri.toString(), content);
		this.#changed.fire([{ type: vscode.FileChangeType.Changed, uri }]);
	}

	watch(): vscode.Disposable {
		return new vscode.Disposable(() => undefined);
	}

	readDirectory(uri: vscode.Uri): never {
		throw vscode.FileSystemError.FileNotADirectory(uri);
	}

	createDirectory(uri: vscode.Uri): never {
		throw vscode.FileSystemError.NoPermissions(uri);
	}

	delete(uri: vscode.Uri): never {
		throw vscode.FileSystemError.NoPermissions(uri);
	}

	rename(uri: vscode.Uri): never {
		throw vscode.FileSystemError.NoPermissions(uri);
	}
}
