/**
 * Prints the tokens that bench/gpu.ts measures on, for a machine without the sources that they are of.
 *
 *     node --experimental-transform-types bench/gpu/writeTokens.ts --model folder [--prompts 200] > tokens.json
 */

import { parseArgs } from "node:util";
import * as z from "zod";
import { openModel } from "../../src/model/modelStore.ts";
import { sourceTokens } from "./benchTokens.ts";

const options = z
	.object({ model: z.string(), prompts: z.coerce.number().int().nonnegative() })
	.parse(
		parseArgs({
			options: { model: { type: "string" }, prompts: { type: "string", default: "200" } },
		}).values,
	);

const model = await openModel(options.model, { verify: "sizes" });
process.stdout.write(`${JSON.stringify(await sourceTokens(model, options.prompts))}\n`);
