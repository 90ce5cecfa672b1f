/** Entry point of the process that parses whole files for the index. Started by TagClient only. */

import { assert } from "../base/assert.ts";
import { Grammars } from "./syntax/grammars.ts";
import { tagProcessDataSchema, type TagReply } from "./syntax/tagProtocol.ts";
import { TagReader } from "./syntax/tagReader.ts";
import { answerTagRequest } from "./syntax/tagServer.ts";

assert(process.send !== undefined, "this file is the entry point of a forked process");
const send = process.send.bind(process);
// The callback takes the error of a channel that closes meanwhile; "disconnect" tells of that.
const reply = (message: TagReply): void => void send(message, undefined, {}, () => undefined);
const { runtime, grammarFolder, queryFolder } = tagProcessDataSchema.parse(
	JSON.parse(process.argv[2] ?? ""),
);
const reader = new TagReader(new Grammars({ runtime, folder: grammarFolder }), queryFolder);

let last: Promise<void> = Promise.resolve();
process.on("message", (message: unknown) => {
	// A rejection is left unhandled on purpose: it ends the process, and the client hears of it.
	last = last.then(async () => reply(await answerTagRequest(reader, message)));
});
// Nobody else would end it.
process.on("disconnect", () => process.exit(0));
reply({ kind: "started" });
