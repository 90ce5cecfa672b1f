import { eventually } from "../support/eventually.ts";
import { ScriptedChatModel } from "../support/scriptedChatModel.ts";
import { describeChatModelContract } from "./languageModel.ts";

// What the tests of the chat take for a model behaves like one.
describeChatModelContract("ScriptedChatModel", () => {
	const model = new ScriptedChatModel();
	return Promise.resolve({
		model,
		script: (...scripts) => model.enqueue(...scripts),
		idle: () => eventually(() => model.active === 0),
		close: () => Promise.resolve(),
	});
});
