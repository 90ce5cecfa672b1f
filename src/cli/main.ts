#!/usr/bin/env node
import { UserError } from "../base/userError.ts";
import type { Command } from "./command.ts";
import { benchCommand } from "./commands/bench.ts";
import { chatCommand } from "./commands/chat.ts";
import { completeCommand } from "./commands/complete.ts";
import { evalCommand } from "./commands/eval.ts";
import { contextCommand } from "./commands/context.ts";
import { explainCommand } from "./commands/explain.ts";
import { importCommand } from "./commands/import.ts";
import { indexStatsCommand } from "./commands/indexStats.ts";
import { modelsCommand } from "./commands/models.ts";
import { nextEditCommand } from "./commands/nextEdit.ts";
import { serversCommand } from "./commands/servers.ts";

const commands: Readonly<Record<string, Command>> = {
	bench: benchCommand,
	chat: chatCommand,
	complete: completeCommand,
	context: contextCommand,
	eval: evalCommand,
	explain: explainCommand,
	import: importCommand,
	"index-stats": indexStatsCommand,
	models: modelsCommand,
	"next-edit": nextEditCommand,
	servers: serversCommand,
};

/** Exit codes: 0 done, 1 a fault that the message explains, 2 a wrong call. */
async function main([name, ...args]: readonly string[]): Promise<number> {
	const command = name === undefined ? undefined : commands[name];
	if (command === undefined) {
		const overview = Object.entries(commands).map(
			([word, { summary }]) => `  mote ${word}: ${summary}`,
		);
		const isHelp = name === "--help" || name === "help";
		(isHelp ? process.stdout : process.stderr).write(
			`mote <command>; mote <command> --help says more.\n${overview.join("\n")}\n`,
		);
		return isHelp ? 0 : 2;
	}
	if (args.includes("--help")) {
		process.stdout.write(`${command.usage}\n`);
		return 0;
	}
	try {
		return await command.run(args);
	} catch (error) {
		return report(error, command);
	}
}

function report(error: unknown, command: Command): number {
	if (error instanceof UserError) {
		process.stderr.write(`${error.message}\n`);
		return error.code === "usage" ? 2 : 1;
	}
	if (
		error instanceof TypeError &&
		"code" in error &&
		String(error.code).startsWith("ERR_PARSE_ARGS")
	) {
		process.stderr.write(`${error.message}\n\n${command.usage}\n`);
		return 2;
	}
	throw error;
}

process.exitCode = await main(process.argv.slice(2));
