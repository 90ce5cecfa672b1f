import type { ChosenModel } from "./infillQuestion.ts";
import type { ChatViewState } from "./messages.ts";

export function modelState(chosen: ChosenModel): Pick<ChatViewState, "model" | "noModelReason"> {
	if (chosen.kind === "none") {
		return { model: undefined, noModelReason: chosen.reason };
	}
	const { id, name, place, server } = chosen.model.description;
	return {
		model: { id, name, place, server, canChat: chosen.kind === "chat" },
		noModelReason: undefined,
	};
}
