import { once } from "node:events";
import { assert } from "../../src/base/assert.ts";
import { countingLogits, type FakeBackendOptions } from "./fakeBackend.ts";

/** No pass behind this token ends by itself: an answer that comes here is ended by somebody, however fast the machine is. */
export const endlessToken = 24;

/** The model of the contract tests: the token after n is n + 1. */
export const countingModel: FakeBackendOptions = {
	predict: countingLogits,
	contextLength: 64,
	stopsWithinPass: true,
	onPass: async ({ past, tokens }, stop) => {
		if (past > 0 && tokens[0] === endlessToken) {
			assert(stop !== undefined, "a pass of a request can be stopped");
			if (!stop.aborted) {
				await once(stop, "abort");
			}
		}
	},
};
