import { expect, test } from "vitest";
import { licenceHeaderOf, sameLicence } from "../../../src/provenance/licenceHeader.ts";

const code = "\nexport const answer = 42;\n";

test.each([
	["// SPDX-License-Identifier: GPL-2.0-only", "GPL-2.0-only"],
	["/* SPDX-License-Identifier: (MIT OR Apache-2.0) */", "(MIT OR Apache-2.0)"],
	["# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception", "Apache-2.0 WITH LLVM-exception"],
	["/*\n * Licensed under the Apache License, Version 2.0\n */", "Apache"],
	[
		"# This program is free software under the terms of the\n# GNU General Public\n# License.",
		"GPL",
	],
	["/* GNU Lesser General Public License; see also the GNU General Public License */", "LGPL"],
	["-- This file is under the Mozilla Public License 2.0", "MPL"],
	["/**\n * Permission is hereby granted, free of charge, to any person\n */", "MIT"],
	["// Use of this source code is governed by a BSD-style license", "BSD"],
	["; Copyright (c) 2020 Somebody. All rights reserved.", "all rights reserved"],
	["#!/usr/bin/env python3\n# Licensed under the Apache License", "Apache"],
	["<?php\n/* under the MIT license */", "MIT"],
	['"""Copyright 2021 A.\n\nRedistribution and use in source and binary forms\n"""', "BSD"],
])("%j names %s", (head, licence) => {
	expect(licenceHeaderOf(head + code)?.licence).toBe(licence);
});

test.each([
	["no comment", code],
	["a comment about something else", `// Adds two numbers.${code}`],
	["a copyright without a licence", `// Copyright 2020 Somebody${code}`],
	["words of a licence in code", `const text = "Permission is hereby granted, free of charge";`],
	["a licence further down", `${code}\n// SPDX-License-Identifier: MIT`],
	["a plain text of a licence", "MIT License\n\nPermission is hereby granted, free of charge"],
	["nothing", ""],
])("%s is no header", (_, text) => {
	expect(licenceHeaderOf(text)).toBeUndefined();
});

test.each([
	["// Copyright (c) 2019-2024, The Example Authors. All rights reserved.", "The Example Authors"],
	[
		"/* Copyright © 2020 by Ada Lovelace <ada@example.org>\n * under the MIT license */",
		"Ada Lovelace",
	],
	["// Copyright 2015, 2020 3M Company. All rights reserved.", "3M Company"],
	["// Copyright (c) 2019. All rights reserved.", undefined],
	["// Copyright 2019\n// All rights reserved.", undefined],
	["// SPDX-License-Identifier: MIT", undefined],
])("%j is held by %s", (head, holder) => {
	expect(licenceHeaderOf(head + code)?.holder).toBe(holder);
});

test("files of one holder under one licence are the same, those of another are not", () => {
	const of = (name: string): string => `// Copyright 2020 ${name}. Under the MIT license${code}`;
	const ada = licenceHeaderOf(of("Ada"));
	const bob = licenceHeaderOf(of("Bob"));
	if (ada === undefined || bob === undefined) {
		throw new Error("both have a header");
	}
	expect([sameLicence(ada, ada), sameLicence(ada, bob), sameLicence(undefined, bob)]).toEqual([
		true,
		false,
		false,
	]);
});

test("a header of a hundred thousand marks is read in no time", () => {
	expect(licenceHeaderOf("/*".repeat(100_000))).toBeUndefined();
	expect(licenceHeaderOf(`// Copyright ${"0 ,-".repeat(30_000)}`)).toBeUndefined();
});
