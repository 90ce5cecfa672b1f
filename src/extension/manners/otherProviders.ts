import * as z from "zod";
import { once } from "../../base/once.ts";

/** What is known of an extension of the editor. */
export interface OtherExtension {
	readonly id: string;
	readonly isActive: boolean;
	/** Its package.json, written by somebody else. */
	readonly packageJSON: unknown;
}

/** Extensions that show suggestions while one types, by what their pages say. */
const knownIds: ReadonlySet<string> = new Set([
	"amazonwebservices.amazon-q-vscode",
	"augment.vscode-augment",
	"codeium.codeium",
	"continue.continue",
	"github.copilot",
	"github.copilot-chat",
	"google.geminicodeassist",
	"ggml-org.llama-vscode",
	"sourcegraph.cody-ai",
	"supermaven.supermaven",
	"tabbyml.vscode-tabby",
	"tabnine.tabnine-vscode",
	"rjmacarthy.twinny",
	"visualstudioexptteam.vscodeintellicode-completions",
]);

/** The editor's unfinished part of its interface that only those ask for who show such suggestions. */
const telltaleProposal = "inlineCompletionsAdditions";

const manifestSchema = once(() =>
	z.object({
		displayName: z.string().optional(),
		enabledApiProposals: z.array(z.string()).optional(),
	}),
);

const maxNames = 5;
const maxNameLength = 60;

/**
 * Names of other extensions that are active and may show ghost text of their own. The editor doesn't tell who does, so it is what
 * is known of them, and what they ask the editor for.
 */
export function otherProviders(
	extensions: readonly OtherExtension[],
	ownId: string,
): readonly string[] {
	return extensions
		.filter(({ id, isActive }) => isActive && id.toLowerCase() !== ownId.toLowerCase())
		.flatMap(({ id, packageJSON }) => {
			const manifest = manifestSchema().safeParse(packageJSON).data;
			// A proposal is asked for with its version: `name@2`.
			const asks = manifest?.enabledApiProposals?.some(
				(proposal) => proposal.split("@")[0] === telltaleProposal,
			);
			const isOne = knownIds.has(id.toLowerCase()) || asks === true;
			return isOne ? [plainName(manifest?.displayName ?? id, id)] : [];
		})
		.slice(0, maxNames);
}

/** `%displayName%` stands for a translation that the editor has and doesn't give. */
function plainName(name: string, id: string): string {
	const shown = name.startsWith("%") ? id : name;
	return shown
		.replaceAll(/[^\p{L}\p{N} .+&()-]/gu, " ")
		.replaceAll(/\s+/g, " ")
		.trim()
		.slice(0, maxNameLength);
}

/** What it means, in a sentence; undefined where there is none. */
export function otherProvidersNotice(names: readonly string[]): string | undefined {
	return names.length === 0
		? undefined
		: `Other extensions may show suggestions too (${names.join(", ")}): the editor shows one at a time, goes to the next by Alt+], and Tab takes the one in sight.`;
}
