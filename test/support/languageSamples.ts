/** How a language writes declarations; one level of indentation is a tab. */
export interface LanguageSample {
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
/** With a blank line between each two. */
export const apart = (parts: readonly (readonly string[])[]): string[] =>
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

/** By what they are called. */
export const languageSamples: Readonly<Record<string, LanguageSample>> = {
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
