import type { ChatViewState, MessageView, ModelView, WayOnView } from "../../src/chat/messages.ts";

/** A model that writes code and doesn't converse. */
export const completes: ModelView = {
	id: "local/m",
	name: "m",
	place: "local",
	server: undefined,
	canChat: false,
};

export const waysOn: readonly WayOnView[] = [
	{
		id: "w1",
		label: "Install Talker",
		detail: "Fits this machine; about 3.1 GB to download, Apache-2.0. What you ask stays here",
	},
	{ id: "w3", label: "Use qwen2.5-coder:7b", detail: "Ollama runs it on this machine" },
	{ id: "w2", label: "Name a server…", detail: "Any that speaks the OpenAI protocol" },
	{ id: "w4", label: "All models…", detail: "Suggestions, what is installed, and your own files" },
];

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
		waysOn: [],
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
