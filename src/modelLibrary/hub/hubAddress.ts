import { isLoopback } from "../../base/network/loopback.ts";
import { LibraryError } from "../libraryError.ts";

/** Who is asked: a hub for models, a registry for packages. */
export type AddressKind = "hub" | "registry";

const publicAddresses: Readonly<Record<AddressKind, string>> = {
	hub: "https://huggingface.co",
	registry: "https://registry.npmjs.org",
};

/** The variables of the environment that name a mirror, as the tools of each call them. */
export const mirrorVariables: Readonly<Record<AddressKind, string>> = {
	hub: "HF_ENDPOINT",
	registry: "npm_config_registry",
};

/** Where a hub or a registry is: the public one, or a mirror of it. */
export interface HubAddress {
	readonly kind: AddressKind;
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
	return parseAddress("hub", text);
}

/** The same of npm_config_registry, which npm itself follows. */
export function parseRegistryAddress(text: string | undefined): HubAddress {
	return parseAddress("registry", text);
}

function parseAddress(kind: AddressKind, text: string | undefined): HubAddress {
	const trimmed = text?.trim() ?? "";
	const address = trimmed === "" ? publicAddresses[kind] : trimmed;
	const url = URL.canParse(address) ? new URL(address) : undefined;
	if (url === undefined || !["http:", "https:"].includes(url.protocol)) {
		throw wrongAddress(kind, `has to be an address such as https://${kind}.example`);
	}
	if (url.username !== "" || url.password !== "" || url.search !== "" || url.hash !== "") {
		throw wrongAddress(kind, "must not contain a user name, a password, “?” or “#”");
	}
	const local = isLoopback(url.hostname);
	return {
		kind,
		base: `${url.origin}${url.pathname.replace(/\/+$/, "")}`,
		origin: url.origin,
		isLoopback: local,
		isPrivate: url.protocol === "https:" || local,
	};
}

function wrongAddress(kind: AddressKind, rule: string): LibraryError {
	return new LibraryError(
		"wrongName",
		`The ${kind}'s address, ${mirrorVariables[kind]}, ${rule}; correct it or take it away.`,
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
