import { mkdirSync, mkdtempSync, readdirSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";

/** A new folder with these files, deleted with the object. */
export class TemporaryFolder implements Disposable {
	readonly path = realpathSync(mkdtempSync(path.join(tmpdir(), "mote-test-")));

	constructor(files: Readonly<Record<string, string | Uint8Array>> = {}) {
		for (const [file, content] of Object.entries(files)) {
			this.write(file, content);
		}
	}

	write(file: string, content: string | Uint8Array): void {
		const full = path.join(this.path, file);
		mkdirSync(path.dirname(full), { recursive: true });
		writeFileSync(full, content);
	}

	delete(file: string): void {
		rmSync(path.join(this.path, file), { recursive: true, force: true });
	}

	/** What is directly in it, in order. */
	list(): readonly string[] {
		return readdirSync(this.path).sort();
	}

	[Symbol.dispose](): void {
		rmSync(this.path, { recursive: true, force: true });
	}
}
