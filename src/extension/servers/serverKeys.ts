/** The part of the editor's SecretStorage that is needed. */
export interface Secrets {
	get(name: string): PromiseLike<string | undefined>;
	store(name: string, value: string): PromiseLike<void>;
	delete(name: string): PromiseLike<void>;
}

/** Longest key that is taken, in characters; a JSON web token has about a thousand. */
const maxKeyLength = 8192;

/**
 * The keys of servers, where the editor keeps secrets and nowhere else. One for each origin: the key of
 * one server is never sent to another, whatever the settings say later.
 */
export class ServerKeys {
	constructor(private readonly secrets: Secrets) {}

	async get(origin: string): Promise<string | undefined> {
		return await this.secrets.get(nameOf(origin));
	}

	async set(origin: string, key: string): Promise<void> {
		await this.secrets.store(nameOf(origin), key.trim());
	}

	async forget(origin: string): Promise<void> {
		await this.secrets.delete(nameOf(origin));
	}

	/** Whether the secret of this name, as the editor's event tells it, belongs to the server. */
	isOf(origin: string, name: string): boolean {
		return name === nameOf(origin);
	}
}

function nameOf(origin: string): string {
	return `mote.serverKey ${origin}`;
}

/** What is wrong with a key as it was typed, in words; undefined for one that can be sent. */
export function keyProblem(key: string): string | undefined {
	const trimmed = key.trim();
	if (trimmed === "") {
		return "Type or paste the key.";
	}
	if (trimmed.length > maxKeyLength) {
		return `A key has at most ${maxKeyLength} characters.`;
	}
	// It travels in a header, which takes nothing else.
	return /^[\x21-\x7e]+$/.test(trimmed)
		? undefined
		: "A key has no spaces, line breaks or letters beyond ASCII.";
}
