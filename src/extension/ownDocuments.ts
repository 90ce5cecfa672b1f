/** Schemes of the read-only documents that Mote shows: nobody writes code in them, and nothing is said about them. */
export const promptScheme = "mote-prompt";
export const silenceScheme = "mote-silence";
export const diagnosticsScheme = "mote-diagnostics";

const ownSchemes: ReadonlySet<string> = new Set([promptScheme, silenceScheme, diagnosticsScheme]);

export function isOwnDocument({ scheme }: { readonly scheme: string }): boolean {
	return ownSchemes.has(scheme);
}
