import { serverWords } from "./serverWords.ts";

/** Statuses with which servers say that they aren't ready, whatever words they have for why. */
const unready: ReadonlySet<number> = new Set([409, 425, 503]);

/** Beyond doubt in whichever status, and in an answer that has begun. */
const loadsModel =
	/\bmodel\b[^.]{0,60}\b(?:is|still) (?:\w+ )?loading\b|\bmodel is being loaded\b|^loading model\b/i;

const isStarting =
	/load(?:ing|s)\b.*model|model\b.*\b(?:is |being )?(?:load|start|warm|not ready|not loaded yet|downloaded|pulled)|warming up|loading weights|cold start|(?:server|engine|deployment|endpoint|replica)\b.{0,20}\b(?:starting|loading|scaling up)|initiali[sz](?:ing|ation)|^loading$/i;

/** What won't be otherwise in a while; asking on would keep that from whoever waits. */
const wontLoad =
	/fail|unable|cannot|can['’]t|could ?n[o'’]t|error (?:while )?loading|out of memory|insufficient|not enough|no models? (?:is |are )?loaded/i;

/** llama.cpp, Hugging Face's services, LocalAI, LM Studio and others, each in its words. */
export function saysLoading(error: unknown, status: number): boolean {
	const { message, code, isLoading } = serverWords(error);
	if (unready.has(status) && isLoading) {
		return true;
	}
	// Some put it where others have a number.
	const told = [message, code ?? ""].filter((words) => words !== "" && !wontLoad.test(words));
	return (
		!wontLoad.test(message) &&
		told.some((words) => loadsModel.test(words) || (unready.has(status) && isStarting.test(words)))
	);
}

/** Servers put it in words only: vLLM, llama.cpp, LM Studio and OpenAI in this order, then the others. */
export function saysTooLong(error: unknown): boolean {
	return /maximum context length|exceeds? the available context|context (?:length|window|size)|max_model_len|\b(?:prompt|input) is too long\b|inputs\W* (?:tokens \+|must have less than)|\binput (?:token count|length)\b[^.]{0,40}\b(?:exceeds?|should be)\b|reduce the length of the (?:messages|prompt|input)/i.test(
		serverWords(error).message,
	);
}
