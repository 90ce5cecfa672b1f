/** What a question may point at. The text of a question stays as it was written: a mention is read, not cut out. */
export type Mention =
	| { readonly kind: "selection" }
	| { readonly kind: "problems" }
	| { readonly kind: "repo" }
	| { readonly kind: "file"; readonly path: string }
	| { readonly kind: "symbol"; readonly name: string };

/** More than these are no question any more. */
export const maxMentions = 20;
const maxArgumentLength = 1_000;

/**
 * `@` where a word may begin, so that addresses and decorators in a word aren't mentions. An argument is
 * quoted when it has spaces.
 */
const pattern =
	/(?<![\p{L}\p{N}_@/.])@(?:(selection|problems|repo)(?![\p{L}\p{N}_-]|:\S)|(file|symbol):(?:"([^"\n]+)"|([^\s"]+)))/gu;

/** The mentions of a question in their order, each once. */
export function mentionsIn(text: string): Mention[] {
	const mentions = new Map<string, Mention>();
	for (const match of text.matchAll(pattern)) {
		const [, plain, kind, quoted, bare] = match;
		const argument = quoted ?? withoutPunctuation(bare ?? "");
		const mention = mentionOf(plain ?? kind, argument);
		if (mention !== undefined && mentions.size < maxMentions) {
			mentions.set(JSON.stringify(mention), mention);
		}
	}
	return [...mentions.values()];
}

/** As a person would type it. */
export function mentionText(mention: Mention): string {
	switch (mention.kind) {
		case "file":
			return `@file:${quotedIfNeeded(mention.path)}`;
		case "symbol":
			return `@symbol:${quotedIfNeeded(mention.name)}`;
		case "selection":
		case "problems":
		case "repo":
			return `@${mention.kind}`;
	}
}

function mentionOf(kind: string | undefined, argument: string): Mention | undefined {
	switch (kind) {
		case "selection":
		case "problems":
		case "repo":
			return { kind };
		case "file":
		case "symbol":
			if (argument === "" || argument.length > maxArgumentLength) {
				return undefined;
			}
			return kind === "file" ? { kind, path: argument } : { kind, name: argument };
		case undefined:
		default:
			return undefined;
	}
}

/** What ends a sentence or a bracket behind a path doesn't belong to it. */
function withoutPunctuation(argument: string): string {
	return argument.replace(/[.,;:!?)\]}'*]+$/u, "");
}

function quotedIfNeeded(argument: string): string {
	const isPlain = /^[^\s"]+$/u.test(argument) && withoutPunctuation(argument) === argument;
	return isPlain ? argument : `"${argument.replaceAll(/["\n]/g, "")}"`;
}
