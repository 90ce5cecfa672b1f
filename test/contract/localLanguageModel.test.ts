import { assert } from "../../src/base/assert.ts";
import { engineChatModel } from "../../src/languageModel/local/engineChatModel.ts";
import { engineInfillModel } from "../../src/languageModel/local/engineInfillModel.ts";
import { scriptedLocalModel } from "../support/scriptedLocalModel.ts";
import { describeChatModelContract, describeInfillModelContract } from "./languageModel.ts";

describeChatModelContract("the engine's chat model", () =>
	Promise.resolve(
		scriptedLocalModel((parts) => {
			const model = engineChatModel(parts);
			assert(model !== undefined, "the manifest has a chat template");
			return model;
		}),
	),
);
describeInfillModelContract("the engine's infill model", () =>
	Promise.resolve(
		scriptedLocalModel((parts) => {
			const model = engineInfillModel(parts);
			assert(model !== undefined, "the manifest has a FIM format");
			return model;
		}),
	),
);
