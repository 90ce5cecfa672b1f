import { systemClock } from "../../base/clock.ts";
import { findRunningServers } from "../../languageModel/remote/runningServers.ts";
import { usageError, type Command } from "../command.ts";

export const serversCommand: Command = {
	summary: "says which servers of models run on this machine",
	usage: `mote servers

Asks the usual ports of Ollama (11434), LM Studio (1234) and llama.cpp (8080) on 127.0.0.1 for their models, and nothing
else. What it finds can be talked to with mote chat --server <address> --name <model>.`,

	async run(args) {
		if (args.length > 0) {
			throw usageError("mote servers takes no arguments.");
		}
		const servers = await findRunningServers({
			fetch: globalThis.fetch,
			clock: systemClock,
			signal: new AbortController().signal,
		});
		if (servers.length === 0) {
			process.stderr.write("No server was found on this machine's usual ports.\n");
			return 1;
		}
		for (const { name, address, models } of servers) {
			process.stdout.write(`${name}  ${address}\n`);
			for (const { id } of models) {
				process.stdout.write(`  ${id}\n`);
			}
		}
		return 0;
	},
};
