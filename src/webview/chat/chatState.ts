import type { ChatViewState, MessageView, ReviewView, ToView } from "../../chat/messages.ts";

/** Before the extension has said anything. */
export const initialState: ChatViewState = {
	conversation: { id: "", title: "", messages: [] },
	conversations: [],
	model: undefined,
	noModelReason: undefined,
	waysOn: [],
	isAnswering: false,
	reviews: [],
	handover: undefined,
};

/** What the view knows after `message`. Parts that did not change stay the same objects. */
export function reduce(state: ChatViewState, message: ToView): ChatViewState {
	switch (message.kind) {
		case "state":
			return message.state;
		case "delta":
			return withMessages(state, (messages) =>
				messages.map((known) =>
					known.id === message.messageId ? { ...known, text: known.text + message.text } : known,
				),
			);
		case "message": {
			const next = withMessages(state, (messages) => withMessage(messages, message.message));
			return message.message.role === "assistant"
				? { ...next, isAnswering: message.message.status.kind === "writing" }
				: next;
		}
		case "review":
			return { ...state, reviews: withReview(state.reviews, message.review) };
		case "conversations":
			return { ...state, conversations: message.conversations };
		case "suggestions":
		case "measured":
		case "notice":
		case "focusInput":
			return state;
	}
}

function withMessages(
	state: ChatViewState,
	change: (messages: readonly MessageView[]) => readonly MessageView[],
): ChatViewState {
	const { conversation } = state;
	return {
		...state,
		conversation: { ...conversation, messages: change(conversation.messages) },
	};
}

function withMessage(messages: readonly MessageView[], changed: MessageView): MessageView[] {
	return messages.some(({ id }) => id === changed.id)
		? messages.map((known) => (known.id === changed.id ? changed : known))
		: [...messages, changed];
}

function withReview(reviews: readonly ReviewView[], changed: ReviewView): ReviewView[] {
	return reviews.some(({ id }) => id === changed.id)
		? reviews.map((known) => (known.id === changed.id ? changed : known))
		: [...reviews, changed];
}
