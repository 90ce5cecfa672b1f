import type { MessageView } from "../../../chat/messages.ts";

/** One message on the page. */
export interface MessageElement {
	readonly element: HTMLElement;
	/** Shows `message` instead of what is there. */
	update(message: MessageView): void;
	/** More of an answer. */
	append(text: string): void;
	/** The last answer can be given again. */
	setLast(isLast: boolean): void;
	dispose(): void;
}

/** What a person can do with messages. */
export interface MessageActions {
	readonly copy: (messageId: string) => void;
	readonly manageModels: () => void;
	readonly regenerate: (messageId: string) => void;
	readonly resend: (messageId: string, text: string) => void;
}
