import type { ChatViewState, MessageView } from "../../src/chat/messages.ts";

export function chatState(changes: Partial<ChatViewState> = {}): ChatViewState {
	return {
		conversation: { id: "c1", title: "", messages: [] },
		conversations: [],
		model: {
			id: "local/mote-chat",
			name: "mote-chat",
			place: "local",
			server: undefined,
			canChat: true,
		},
		noModelReason: undefined,
		isAnswering: false,
		reviews: [],
		handover: undefined,
		...changes,
	};
}

export function question(
	id: string,
	text: string,
	changes: Partial<MessageView> = {},
): MessageView {
	return {
		id,
		role: "user",
		text,
		status: { kind: "complete" },
		modelName: undefined,
		meter: undefined,
		...changes,
	};
}

export function answer(id: string, text: string, changes: Partial<MessageView> = {}): MessageView {
	return {
		id,
		role: "assistant",
		text,
		status: { kind: "complete" },
		modelName: "mote-chat",
		modelPlace: "local",
		meter: undefined,
		...changes,
	};
}
