import { isLoopback } from "../../base/network/loopback.ts";
import { LibraryError } from "../libraryError.ts";

export const publicHub = "https://huggingface.co";

/** Where a hub is: the public one, or a mirror of it. */
export interface HubAddress {
	/** Without a slash at the end. */
	readonly base: string;
	/** What people are shown. */
	readonly origin: string;
	/** Of this machine, as in tests and behind tunnels. */
	readonly isLoopback: boolean;
	/** Whether a token stays between the two machines: over TLS, or within this one. */
	readonly isPrivate: boolean;
}

/** `text` is what HF_ENDPOINT says; undefined and blank mean the public hub. Throws a LibraryError "wrongName". */
export function parseHubAddress(text: string | undefined): HubAddress {
	const trimmed = text?.trim() ?? "";
	const address = trimmed === "" ? publicHub : trimmed;
	const url = URL.canParse(address) ? new URL(address) : undefined;
	if (url === undefined || !["http:", "https:"].includes(url.protocol)) {
		throw wrongAddress("has to be an address such as https://hub.example");
	}
	if (url.username !== "" || url.password !== "" || url.search !== "" || url.hash !== "") {
		throw wrongAddress("must not contain a user name, a password, “?” or “#”");
	}
	const local = isLoopback(url.hostname);
	return {
		base: `${url.origin}${url.pathname.replace(/\/+$/, "")}`,
		origin: url.origin,
		isLoopback: local,
		isPrivate: url.protocol === "https:" || local,
	};
}

function wrongAddress(rule: string): LibraryError {
	return new LibraryError(
		"wrongName",
		`The hub's address, HF_ENDPOINT, ${rule}; correct it or take it away.`,
	);
}

/** A repository of a model on a hub. */
export interface Repository {
	readonly owner: string;
	readonly name: string;
}

/** As hubs allow it: letters, digits, "-", "_" and "."; neither ".." nor "--", so that {@link modelId} is one-to-one. */
const part = /^(?!.*(?:[.]{2}|--))[A-Za-z0-9_][A-Za-z0-9_.-]{0,95}$/;

/** Reads "owner/name". Throws a LibraryError "wrongName". */
export function parseRepository(text: string): Repository {
	const [owner = "", name = "", ...more] = text.trim().split("/");
	if (!part.test(owner) || !part.test(name) || more.length > 0 || /[.-]$/.test(name)) {
		throw new LibraryError(
			"wrongName",
			`“${text.slice(0, 100)}” is no name of a model; write it as on the hub, owner/name.`,
		);
	}
	return { owner, name };
}

/** The repository's name as one name of a folder. */
export function modelId({ owner, name }: Repository): string {
	return `${owner}--${name}`;
}

export function repositoryText({ owner, name }: Repository): string {
	return `${owner}/${name}`;
}
