import {
	unknownExtent,
	unknownPosition,
	type SyntaxService,
} from "../../src/context/syntax/syntaxService.ts";

/** For what is about everything but the syntax, which has a thread of its own. */
export const silentSyntax: SyntaxService = {
	positionAt: () => Promise.resolve(unknownPosition),
	extentOf: () => Promise.resolve(unknownExtent),
	dispose: () => Promise.resolve(),
};
