import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { proposedChange } from "../../src/chat/edits/proposedChange.ts";

/** How a language writes what the laws are about; one level of indentation is a tab. */
interface Sample {
	readonly path: string;
	/** A function with a loop, so that there are two levels. */
	readonly callable: (name: string, argument: string) => readonly string[];
	/** A type around such functions, as they are written in one. */
	readonly type?: (name: string, members: readonly (readonly string[])[]) => readonly string[];
	readonly comment: (text: string) => string;
	readonly prologue: readonly string[];
}

const indented = (lines: readonly string[]): string[] =>
	lines.map((line) => (line === "" ? line : `\t${line}`));
const apart = (parts: readonly (readonly string[])[]): string[] =>
	parts.flatMap((part, at) => (at === 0 ? part : ["", ...part]));

const braces =
	(head: (name: string) => string, foot = "}") =>
	(name: string, members: readonly (readonly string[])[]): readonly string[] => [
		head(name),
		...indented(apart(members)),
		foot,
	];
const slashes = (text: string): string => `// ${text}`;
const hash = (text: string): string => `# ${text}`;
const dashes = (text: string): string => `-- ${text}`;
const stars = (text: string): string => `/* ${text} */`;

const loop = (head: string, body: string, foot: string): readonly string[] => [
	`\t${head}`,
	`\t\t${body}`,
	...(foot === "" ? [] : [`\t${foot}`]),
];

const samples: Readonly<Record<string, Sample>> = {
	typescript: {
		path: "a.ts",
		callable: (name, arg) => [
			`export function ${name}(${arg}: number): void {`,
			...loop(`for (const each of all) {`, `use(\`\${each}{\`, ${arg});`, "}"),
			"}",
		],
		comment: slashes,
		prologue: ['import { use, all } from "./use";'],
	},
	"javascript methods": {
		path: "a.js",
		callable: (name, arg) => [
			`${name}(${arg}) {`,
			...loop(`for (const each of this.all) {`, `this.use('{', ${arg});`, "}"),
			"}",
		],
		type: braces((name) => `export class ${name} extends Base {`),
		comment: stars,
		prologue: ["'use strict';"],
	},
	jsx: {
		path: "a.jsx",
		callable: (name, arg) => [
			`const ${name} = ({ ${arg} }) => {`,
			...loop(`return (`, `<li>it's {${arg}}</li>`, ");"),
			"};",
		],
		comment: slashes,
		prologue: ["import React from 'react';"],
	},
	python: {
		path: "a.py",
		callable: (name, arg) => [
			`def ${name}(self, ${arg}: int) -> None:`,
			...loop("for each in self.all:", `self.use(each, ${arg})`, ""),
		],
		type: (name, members) => [`class ${name}(Base):`, ...indented(apart(members))],
		comment: hash,
		prologue: ["import os", "from a import b"],
	},
	go: {
		path: "a.go",
		callable: (name, arg) => [
			`func (s *Store) ${name}(${arg} int) error {`,
			...loop("for _, each := range s.all {", `s.use(each, '{', ${arg})`, "}"),
			"}",
		],
		comment: slashes,
		prologue: ["package a", "", 'import "fmt"'],
	},
	rust: {
		path: "a.rs",
		callable: (name, arg) => [
			`pub fn ${name}<'a>(&'a self, ${arg}: &'a str) {`,
			...loop("for each in self.all() {", `println!("{}", ${arg});`, "}"),
			"}",
		],
		type: braces((name) => `impl<'a> ${name}<'a> {`),
		comment: slashes,
		prologue: ["use std::fmt;"],
	},
	java: {
		path: "A.java",
		callable: (name, arg) => [
			"@Override",
			`public List<String> ${name}(final int ${arg}) throws IOException {`,
			...loop("for (String each : all) {", `use(each, "}", ${arg});`, "}"),
			"}",
		],
		type: braces((name) => `public final class ${name} implements Base {`),
		comment: slashes,
		prologue: ["package a;", "", "import java.util.List;"],
	},
	c: {
		path: "a.c",
		callable: (name, arg) => [
			`static int ${name}(struct a *self, int ${arg})`,
			"{",
			...loop("for (int i = 0; i < self->count; i++) {", `use(self, i, ${arg});`, "}"),
			"}",
		],
		comment: stars,
		prologue: ["#include <stdio.h>"],
	},
	cpp: {
		path: "a.cpp",
		callable: (name, arg) => [
			`void Store::${name}(const std::string& ${arg}) const {`,
			...loop("for (const auto& each : all_) {", `use(each, ${arg});`, "}"),
			"}",
		],
		comment: slashes,
		prologue: ['#include "store.h"'],
	},
	csharp: {
		path: "A.cs",
		callable: (name, arg) => [
			`public async Task ${name}(int ${arg})`,
			"{",
			...loop("foreach (var each in All) {", `await Use(each, ${arg});`, "}"),
			"}",
		],
		type: (name, members) => [`public class ${name} : Base`, "{", ...indented(apart(members)), "}"],
		comment: slashes,
		prologue: ["using System;"],
	},
	php: {
		path: "a.php",
		callable: (name, arg) => [
			`public function ${name}(int $${arg}): void`,
			"{",
			...loop("foreach ($this->all as $each) {", `$this->use($each, $${arg});`, "}"),
			"}",
		],
		type: (name, members) => [
			`final class ${name} extends Base`,
			"{",
			...indented(apart(members)),
			"}",
		],
		comment: hash,
		prologue: ["<?php"],
	},
	ruby: {
		path: "a.rb",
		callable: (name, arg) => [
			`def ${name}(${arg})`,
			...loop("all.each do |each|", `use(each, ${arg})`, "end"),
			"end",
		],
		type: braces((name) => `class ${name} < Base`, "end"),
		comment: hash,
		prologue: ["require 'set'"],
	},
	kotlin: {
		path: "A.kt",
		callable: (name, arg) => [
			`override suspend fun ${name}(${arg}: Int): Unit {`,
			...loop("for (each in all) {", `use(each, ${arg})`, "}"),
			"}",
		],
		type: braces((name) => `class ${name}(val all: List<String>) : Base() {`),
		comment: stars,
		prologue: ["package a"],
	},
	swift: {
		path: "A.swift",
		callable: (name, arg) => [
			`public func ${name}(with ${arg}: Int) -> Bool {`,
			...loop("for each in all {", `use(each, ${arg})`, "}"),
			"}",
		],
		type: braces((name) => `struct ${name}: Base {`),
		comment: slashes,
		prologue: ["import Foundation"],
	},
	lua: {
		path: "a.lua",
		callable: (name, arg) => [
			`function M.${name}(${arg})`,
			...loop("for _, each in ipairs(all) do", `use(each, ${arg})`, "end"),
			"end",
		],
		comment: dashes,
		prologue: ["local M = {}"],
	},
	shell: {
		path: "a.sh",
		callable: (name, arg) => [
			`${name}() {`,
			...loop('for each in "$@"; do', `use "$each" ${arg} \${#each}`, "done"),
			"}",
		],
		comment: hash,
		prologue: ["#!/bin/bash", "set -eu"],
	},
	elixir: {
		path: "a.ex",
		callable: (name, arg) => [
			`def ${name}(${arg}) do`,
			...loop("Enum.each(all(), fn each ->", `use(each, ${arg})`, "end)"),
			"end",
		],
		type: braces((name) => `defmodule ${name} do`, "end"),
		comment: hash,
		prologue: [],
	},
	scss: {
		path: "a.scss",
		callable: (name, arg) => [`.${name} {`, ...loop("&:hover {", `content: "${arg}";`, "}"), "}"],
		comment: slashes,
		prologue: ['@use "base";'],
	},
};

const standIns = [
	"existing code unchanged",
	"... existing code ...",
	"...",
	"… rest of the methods",
	"other methods stay the same",
	"(remaining functions omitted for brevity)",
	"rest of the file remains unchanged",
	"the rest is as before",
	"no changes here",
	"bestehender Code bleibt unverändert",
	"其余代码保持不变",
];

const units = ["\t", "  ", "    ", "   "];
const inUnit = (lines: readonly string[], unit: string): string[] =>
	lines.map((line) => line.replace(/^\t+/, (tabs) => unit.repeat(tabs.length)));
const texts = (lines: readonly string[]): string[] =>
	lines.filter((line) => line.trim() !== "").toSorted();

interface Case {
	readonly sample: Sample;
	readonly count: number;
	readonly changed: readonly number[];
	readonly added: boolean;
	readonly fileUnit: string;
	readonly blockUnit: string;
	readonly standIn: string;
}

const names = ["alpha", "beta", "gamma", "delta", "epsilon"];

const cases = fc.record({
	sample: fc.constantFrom(...Object.values(samples)),
	count: fc.integer({ min: 2, max: names.length }),
	changed: fc.uniqueArray(fc.nat({ max: names.length - 1 }), { minLength: 1, maxLength: 4 }),
	added: fc.boolean(),
	fileUnit: fc.constantFrom(...units),
	blockUnit: fc.constantFrom(...units),
	standIn: fc.constantFrom(...standIns),
});

function resultOf(file: readonly string[], block: readonly string[], path: string): string {
	const change = proposedChange(
		{ content: `${block.join("\n")}\n`, info: "", pathHint: undefined, isCut: false },
		{ path, text: `${file.join("\n")}\n`, range: undefined },
	);
	return change.kind === "change" ? change.text : `refused: ${change.sentence}`;
}

/** Which functions the block has, and the lines that the file must have afterwards. */
function parts({ sample, count, changed, added }: Case): {
	readonly present: readonly (readonly string[])[];
	readonly given: readonly (readonly string[])[];
	readonly expected: readonly (readonly string[])[];
} {
	const known = names.slice(0, count);
	const isChanged = (at: number): boolean => changed.some((each) => each % count === at);
	const present = known.map((name) => sample.callable(name, "old"));
	const given = known
		.map((name) => sample.callable(name, "fresh"))
		.filter((_, at) => isChanged(at));
	const extra = added ? [sample.callable("omega", "fresh")] : [];
	const expected = known.map((name, at) => sample.callable(name, isChanged(at) ? "fresh" : "old"));
	return { present, given: [...given, ...extra], expected: [...expected, ...extra] };
}

describe("a block with several declarations", () => {
	test("has each placed once, in the file's indentation, and leaves all others", () => {
		fc.assert(
			fc.property(cases, (given) => {
				const { sample, fileUnit, blockUnit } = given;
				const { present, given: declarations, expected } = parts(given);
				const file = inUnit([...sample.prologue, "", ...apart(present)], fileUnit);
				const block = inUnit(apart(declarations), blockUnit);
				const result = resultOf(file, block, sample.path);
				expect(texts(result.split("\n"))).toEqual(
					texts(inUnit([...sample.prologue, ...apart(expected)], fileUnit)),
				);
			}),
			{ numRuns: 400 },
		);
	});

	test("has each placed inside of its type too", () => {
		fc.assert(
			fc.property(cases, (given) => {
				const { sample, fileUnit, blockUnit } = given;
				fc.pre(sample.type !== undefined);
				const { present, given: declarations, expected } = parts(given);
				const around = (members: readonly (readonly string[])[]): readonly string[] => [
					...sample.prologue,
					"",
					...(sample.type?.("Holder", members) ?? []),
				];
				const result = resultOf(
					inUnit(around(present), fileUnit),
					inUnit(apart(declarations), blockUnit),
					sample.path,
				);
				expect(texts(result.split("\n"))).toEqual(texts(inUnit(around(expected), fileUnit)));
			}),
			{ numRuns: 400 },
		);
	});
});

describe("a block that is applied again", () => {
	test("changes nothing more", () => {
		fc.assert(
			fc.property(cases, fc.boolean(), (given, hasStandIns) => {
				const { sample, fileUnit, blockUnit, standIn } = given;
				const { present, given: declarations } = parts(given);
				const comment = hasStandIns ? [[sample.comment(standIn)]] : [];
				const file = inUnit([...sample.prologue, "", ...apart(present)], fileUnit);
				const block = inUnit(apart([...comment, ...declarations]), blockUnit);
				const once = resultOf(file, block, sample.path);
				expect(resultOf(once.slice(0, -1).split("\n"), block, sample.path)).toBe(
					`refused: The answer changes nothing in ${sample.path}.`,
				);
			}),
			{ numRuns: 400 },
		);
	});
});

describe("a comment that stands for code", () => {
	test("keeps what stands there, between declarations", () => {
		fc.assert(
			fc.property(cases, (given) => {
				const { sample, fileUnit, blockUnit, standIn } = given;
				const { present, given: declarations, expected } = parts(given);
				const comment = [sample.comment(standIn)];
				const file = inUnit([...sample.prologue, "", ...apart(present)], fileUnit);
				const block = inUnit(
					apart([comment, ...declarations.flatMap((each) => [each, comment])]),
					blockUnit,
				);
				const result = resultOf(file, block, sample.path);
				expect(texts(result.split("\n"))).toEqual(
					texts(inUnit([...sample.prologue, ...apart(expected)], fileUnit)),
				);
			}),
			{ numRuns: 400 },
		);
	});

	test("keeps what stands there, inside of a type", () => {
		fc.assert(
			fc.property(cases, (given) => {
				const { sample, fileUnit, blockUnit, standIn } = given;
				const { type } = sample;
				fc.pre(type !== undefined);
				const { present, given: declarations, expected } = parts(given);
				const comment = [sample.comment(standIn)];
				const around = (members: readonly (readonly string[])[]): readonly string[] => [
					...sample.prologue,
					"",
					...(type?.("Holder", members) ?? []),
				];
				const members = [comment, ...declarations.flatMap((each) => [each, comment])];
				const result = resultOf(
					inUnit(around(present), fileUnit),
					inUnit(type?.("Holder", members) ?? [], blockUnit),
					sample.path,
				);
				expect(texts(result.split("\n"))).toEqual(texts(inUnit(around(expected), fileUnit)));
			}),
			{ numRuns: 400 },
		);
	});

	test("keeps a body that it stands for, or has the block refused", () => {
		fc.assert(
			fc.property(cases, (given) => {
				const { sample, fileUnit, blockUnit, standIn } = given;
				const { present, given: declarations } = parts({ ...given, added: false });
				const emptied = declarations.map((lines) => {
					const first = lines.findIndex((line) => line.startsWith("\t"));
					const last = lines.findLastIndex((line) => line.startsWith("\t"));
					return [
						...lines.slice(0, first),
						`\t${sample.comment(standIn)}`,
						...lines.slice(last + 1),
					];
				});
				const file = inUnit([...sample.prologue, "", ...apart(present)], fileUnit);
				const result = resultOf(file, inUnit(apart(emptied), blockUnit), sample.path);
				const bodies = file.filter((line) => line.startsWith(fileUnit));
				const isKept = texts(bodies).every((line) => result.split("\n").includes(line));
				expect(isKept || result.startsWith("refused: ")).toBe(true);
			}),
			{ numRuns: 400 },
		);
	});
});
