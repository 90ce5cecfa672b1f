/**
 * Measures the longest time for which the completion pipeline keeps the thread of the extension host, on lines that
 * nobody writes by hand: 1,000 of them, up to 2 million UTF-16 units long, of every sign that the pipeline looks for.
 *
 *     node --experimental-transform-types bench/hostileLines.ts [lines]
 *
 * Prints one object of JSON. Each line is completed twice, as when a key is typed: everything is new the first
 * time, and the second time all but what was typed is known. The model's part is an answer that is as hostile as the
 * line; the tokenizer is the bundled model's. What runs in other threads (syntax, the repository, the engine) isn't
 * part of it, but for what is copied to them. Times are of stretches in which nothing else could run, garbage
 * collection included.
 */
import { readFileSync } from "node:fs";
import { cpus, loadavg } from "node:os";
import { join } from "node:path";
import { percentile, round } from "../src/cli/bench/percentile.ts";
import { nullLogger } from "../src/base/log.ts";
import { systemClock } from "../src/base/clock.ts";
import { createCompletionProvider } from "../src/completion/createCompletionProvider.ts";
import { defaultCompletionConfig } from "../src/completion/defaultConfig.ts";
import { SyntaxClient, type SyntaxWorker } from "../src/context/syntax/syntaxClient.ts";
import type { Engine, GenerateResult } from "../src/engine/engine.ts";
import { documentRequest, type RequestDocument } from "../src/extension/documentRequest.ts";
import { createTokenizer } from "../src/tokenizer/bpeTokenizer.ts";
import { readManifest } from "./readManifest.ts";
