import type { CollectedContext } from "../contextEngine.ts";
import type { CopiedFile, CopiedQuery } from "../copied/copiedFile.ts";
import { withPaths, type Explained, type ExplainQuery } from "../explanation/explanation.ts";
import type { ContextQuery } from "../source.ts";
import type { KnownUses, UsesQuery } from "../uses/usesElsewhere.ts";
import type { RepositoryClient, TokenizedFile } from "./repositoryClient.ts";

/** What a prompt may ask about the folders of a workspace. */
export interface Repository {
	/** Undefined when the folder isn't read, or can no longer be. */
	collect(query: ContextQuery, signal: AbortSignal): Promise<CollectedContext | undefined>;
	/** Undefined as for `collect`, and after an abort. */
	explain(query: ExplainQuery, signal: AbortSignal): Promise<Explained | undefined>;
	/** Which file of any folder has the same text below a licence header; undefined where none has, and as for `explain`. */
	copiedFile(query: CopiedQuery, signal: AbortSignal): Promise<CopiedFile | undefined>;
	/** Where other files of the document's folder use what was changed in it. Undefined as for `explain`. */
	usesElsewhere(query: UsesQuery, signal: AbortSignal): Promise<KnownUses | undefined>;
}

export interface RepositoryMember {
	/** In front of the paths of this folder: "" where it is the only one, else one or more names, each with a slash. */
	readonly prefix: string;
	readonly client: Pick<
		RepositoryClient,
		"collect" | "explain" | "copiedFile" | "usesElsewhere" | "files" | "tokensOf"
	>;
}

/**
 * Several folders as one. Each has an index of its own, so what one folder knows of another stays unknown; a
 * question is answered by the folder that its document is in.
 */
export class RepositorySet implements Repository {
	readonly #members: readonly RepositoryMember[];

	/** Prefixes are different. */
	constructor(members: readonly RepositoryMember[]) {
		// The prefix of a folder begins those of folders within it, so the longest is tried first.
		this.#members = members.toSorted((a, b) => b.prefix.length - a.prefix.length);
	}

	async collect(query: ContextQuery, signal: AbortSignal): Promise<CollectedContext | undefined> {
		const member = this.#memberOf(query.path);
		if (member === undefined) {
			return undefined;
		}
		const { prefix, client } = member;
		const collected = await client.collect(withoutPrefix(query, prefix), signal);
		return collected && withPrefix(collected, prefix);
	}

	/** Code is explained by its own folder, a name by the first one that defines it. */
	async explain(query: ExplainQuery, signal: AbortSignal): Promise<Explained | undefined> {
		if (query.kind === "code") {
			const member = this.#memberOf(query.path);
			return member && explainBy(member, query, signal);
		}
		let found: Explained | undefined;
		for (const member of this.#members.toReversed()) {
			found = (await explainBy(member, query, signal)) ?? found;
			if (found !== undefined && found.explanation.subjects.length > 0) {
				break;
			}
		}
		return found;
	}

	/** In the folder of the document first, then in the others. */
	async copiedFile(
		{ path, text }: CopiedQuery,
		signal: AbortSignal,
	): Promise<CopiedFile | undefined> {
		const own = path === undefined ? undefined : this.#memberOf(path);
		const others = this.#members.filter((member) => member !== own).toReversed();
		for (const member of own === undefined ? others : [own, ...others]) {
			const inside = member === own ? path?.slice(member.prefix.length) : undefined;
			const found = await member.client.copiedFile({ path: inside, text }, signal);
			if (found !== undefined) {
				return { ...found, path: member.prefix + found.path };
			}
		}
		return undefined;
	}

	async usesElsewhere(query: UsesQuery, signal: AbortSignal): Promise<KnownUses | undefined> {
		const member = this.#memberOf(query.path);
		if (member === undefined) {
			return undefined;
		}
		const { prefix, client } = member;
		const inside = { ...query, path: query.path.slice(prefix.length) };
		const found = await client.usesElsewhere(inside, signal);
		return (
			found && {
				...found,
				files: found.files.map((file) => ({ ...file, path: prefix + file.path })),
			}
		);
	}

	/** Undefined when that can't be told of any of the folders: its files are not gone. */
	async files(): Promise<readonly string[] | undefined> {
		const all: string[] = [];
		for (const { prefix, client } of this.#members.toReversed()) {
			const files = await client.files();
			if (files === undefined) {
				return undefined;
			}
			all.push(...files.map((file) => prefix + file));
		}
		return all;
	}

	/** Without a file for one that is not indexed; undefined when that can no longer be told. */
	async tokensOf(path: string): Promise<{ readonly file?: TokenizedFile | undefined } | undefined> {
		const member = this.#memberOf(path);
		return member === undefined ? {} : member.client.tokensOf(path.slice(member.prefix.length));
	}

	#memberOf(path: string): RepositoryMember | undefined {
		return this.#members.find(({ prefix }) => path.startsWith(prefix));
	}
}

async function explainBy(
	{ prefix, client }: RepositoryMember,
	query: ExplainQuery,
	signal: AbortSignal,
): Promise<Explained | undefined> {
	const inside =
		query.kind === "code" ? { ...query, path: query.path.slice(prefix.length) } : query;
	const explained = await client.explain(inside, signal);
	return (
		explained && {
			...explained,
			explanation: withPaths(explained.explanation, (path) => prefix + path),
		}
	);
}

function withoutPrefix(query: ContextQuery, prefix: string): ContextQuery {
	if (prefix === "") {
		return query;
	}
	const { path, recentEdits, openFiles, ...rest } = query;
	const strip = (whole: string): string => whole.slice(prefix.length);
	const isInside = (whole: string): boolean => whole.startsWith(prefix);
	return {
		...rest,
		path: strip(path),
		recentEdits: recentEdits
			.filter((edit) => isInside(edit.path))
			.map((edit) => ({ ...edit, path: strip(edit.path) })),
		openFiles: openFiles.filter(isInside).map(strip),
	};
}

function withPrefix(collected: CollectedContext, prefix: string): CollectedContext {
	if (prefix === "") {
		return collected;
	}
	const { pieces, ...rest } = collected;
	return {
		...rest,
		pieces: pieces.map((piece) => ({ ...piece, path: prefix + piece.path })),
	};
}
