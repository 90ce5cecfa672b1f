import { LibraryError } from "../../src/modelLibrary/libraryError.ts";

/** The fault that a piece of work of a library ends with; code "none" where it doesn't. Rejects with what is no LibraryError. */
export async function libraryErrorOf(
	work: Promise<unknown>,
): Promise<{ readonly code: string; readonly message: string }> {
	try {
		await work;
	} catch (error) {
		if (error instanceof LibraryError) {
			return { code: error.code, message: error.message };
		}
		throw error;
	}
	return { code: "none", message: "" };
}
