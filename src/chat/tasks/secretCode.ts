import { promptPath } from "../../base/promptPath.ts";
import { holdsPrivateKey, isSecretPath } from "../../context/files/secrets.ts";

/**
 * Why a task leaves a document alone that may hold credentials, as a sentence for the user; undefined for every
 * other one. `location` is where the document lies, with forward slashes; `path` is what it is called.
 */
export function secretRefusal(document: {
	readonly location: string;
	readonly path: string;
	readonly text: string;
}): string | undefined {
	const { location, path, text } = document;
	const why = isSecretPath(location)
		? "may hold credentials"
		: holdsPrivateKey(text)
			? "holds a private key"
			: undefined;
	return why === undefined
		? undefined
		: `${promptPath(path)} ${why}, so it is never shown to a model; completions in it are this machine's own.`;
}
