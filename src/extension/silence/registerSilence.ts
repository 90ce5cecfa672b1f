import type { SilenceFacts } from "./explainSilence.ts";
import { LastRequests, type RequestRecord, type RequestsSoFar } from "./lastRequests.ts";
import { SilenceDocument } from "./silenceDocument.ts";

export interface SilenceRegistration {
	readonly requests: RequestsSoFar;
	/** A request has ended. */
	note(record: RequestRecord): void;
	/** Something else that the explanation is made of has changed. */
	update(): void;
	dispose(): void;
}

/** Remembers how requests ended, and answers whoever asks why there is no suggestion. */
export function registerSilence(facts: () => Omit<SilenceFacts, "requests">): SilenceRegistration {
	const requests = new LastRequests();
	const document = new SilenceDocument(() => ({ ...facts(), requests: requests.soFar }));
	return {
		get requests() {
			return requests.soFar;
		},
		note: (record) => {
			requests.note(record);
			document.update();
		},
		update: () => document.update(),
		dispose: () => document.dispose(),
	};
}
