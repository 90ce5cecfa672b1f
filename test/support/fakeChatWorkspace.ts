import { languageIdOfPath } from "../../src/context/files/languageIds.ts";
import type { Explained, ExplainQuery } from "../../src/context/explanation/explanation.ts";
import type { ContextPiece, LineRange } from "../../src/context/piece.ts";
import type {
	ActiveDocument,
	ChatWorkspace,
	FileOutcome,
	Problem,
	RelatedCodeQuery,
	WorkspaceSymbol,
} from "../../src/chat/chatWorkspace.ts";

/** A workspace in memory, and what was asked of it. It refuses nothing by itself. */
export class FakeChatWorkspace implements ChatWorkspace {
	readonly files = new Map<string, string>();
	active: ActiveDocument | undefined;
	open: readonly string[] = [];
	reported: readonly Problem[] = [];
	symbols: readonly WorkspaceSymbol[] = [];
	definition: LineRange | undefined;
	related: readonly ContextPiece[] = [];
	explained: Explained | undefined;
	readonly explainQueries: ExplainQuery[] = [];
	readonly reads: string[] = [];
	readonly relatedQueries: RelatedCodeQuery[] = [];

	/** Opens a file with the lines `startLine` to `endLine` selected, or the cursor at its start. */
	show(path: string, selected?: LineRange): void {
		const text = this.files.get(path) ?? "";
		this.active = {
			path,
			languageId: languageIdOfPath(path),
			text,
			selection: {
				start: { line: selected?.startLine ?? 0, column: 0 },
				end: { line: selected === undefined ? 0 : selected.endLine + 1, column: 0 },
			},
		};
	}

	explain(query: ExplainQuery): Promise<Explained | undefined> {
		this.explainQueries.push(query);
		return Promise.resolve(this.explained);
	}

	activeDocument(): ActiveDocument | undefined {
		return this.active;
	}

	openPaths(): readonly string[] {
		return this.open;
	}

	problems(path?: string): readonly Problem[] {
		return this.reported.filter((problem) => path === undefined || problem.path === path);
	}

	findFiles(query: string, limit: number): Promise<readonly string[]> {
		const found = [...this.files.keys()].filter((path) => path.includes(query));
		return Promise.resolve(found.slice(0, limit));
	}

	readFile(path: string, maxLength: number): Promise<FileOutcome> {
		this.reads.push(path);
		const text = this.files.get(path);
		return Promise.resolve(
			text === undefined
				? { kind: "refused", reason: "notFound" }
				: {
						kind: "text",
						path,
						languageId: languageIdOfPath(path),
						text: text.slice(0, maxLength),
						isCut: text.length > maxLength,
					},
		);
	}

	findSymbols(query: string, limit: number): Promise<readonly WorkspaceSymbol[]> {
		const found = this.symbols.filter(({ name }) => name.startsWith(query));
		return Promise.resolve(found.slice(0, limit));
	}

	definitionAround(): Promise<LineRange | undefined> {
		return Promise.resolve(this.definition);
	}

	relatedCode(query: RelatedCodeQuery): Promise<readonly ContextPiece[]> {
		this.relatedQueries.push(query);
		return Promise.resolve(this.related);
	}
}

/** A piece of related code, as the repository's context makes them. */
export function relatedPiece(path: string, text: string): ContextPiece {
	const endLine = text.split("\n").length - 1;
	return {
		path,
		text,
		startLine: 0,
		endLine,
		ranges: [{ startLine: 0, endLine }],
		reason: "definition",
		score: 1,
		tokens: Math.ceil(text.length / 4),
	};
}
