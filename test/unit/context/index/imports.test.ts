import { expect, test } from "vitest";
import { withIndexOf } from "../../../support/indexedFolder.ts";

/** `expected`: a line for each import of `file`, `specifier {imported as local} -> files`. */
async function check(file: string, fixture: string, expected: string): Promise<void> {
	const lines = await withIndexOf(fixture, (index) =>
		index.importsOf(file).map(({ specifier, names, resolved }) => {
			const list = names.map(({ imported, local }) =>
				imported === local ? imported : `${imported} as ${local}`,
			);
			const braces = list.length > 0 ? ` {${list.join(", ")}}` : "";
			return `${specifier}${braces} -> ${resolved.length > 0 ? resolved.join(", ") : "elsewhere"}`;
		}),
	);
	expect(lines.join("\n")).toBe(expected.trim().replaceAll(/^\s+/gm, ""));
}

test("imports of TypeScript", () =>
	check(
		"src/app/main.ts",
		`
//- /src/app/main.ts
import { a, b as c } from "./near.js";
import type { T } from "../types";
import React, * as all from "react";
import "./side";
import { x } from "@/lib/deep";
import { y } from "@acme/tools";
export * from "./folder";
export { z } from "./near";
const { q } = require("./old");
const lazy = import("./lazy.ts");
//- /src/app/near.ts
export const a = 1;
//- /src/types.d.ts
export type T = 1;
//- /src/app/side.tsx
export {};
//- /src/lib/deep.ts
export const x = 1;
//- /packages/tools/src/index.ts
export const y = 1;
//- /src/app/folder/index.ts
export const z = 1;
//- /src/app/old.js
exports.q = 1;
//- /src/app/lazy.ts
export {};
`,
		`
./near.js {a, b as c} -> src/app/near.ts
../types {T} -> src/types.d.ts
react {default as React, * as all} -> elsewhere
./side -> src/app/side.tsx
@/lib/deep {x} -> src/lib/deep.ts
@acme/tools {y} -> packages/tools/src/index.ts
./folder {*} -> src/app/folder/index.ts
./near {z} -> src/app/near.ts
./old {q} -> src/app/old.js
./lazy.ts -> src/app/lazy.ts
`,
	));

test("imports of Python", () =>
	check(
		"pkg/sub/main.py",
		`
//- /pkg/sub/main.py
import os, pkg.models as m
from . import sibling
from ..models import A, B as C
from pkg.sub.sibling import *
from collections import deque
//- /pkg/__init__.py
//- /pkg/models.py
class A: pass
//- /pkg/sub/__init__.py
//- /pkg/sub/sibling.py
x = 1
`,
		`
os {* as os} -> elsewhere
pkg.models {* as m} -> pkg/models.py
. {sibling} -> pkg/sub/sibling.py, pkg/sub/__init__.py
..models {A, B as C} -> pkg/models.py
pkg.sub.sibling {*} -> pkg/sub/sibling.py
collections {deque} -> elsewhere
`,
	));

test("imports of Go", () =>
	check(
		"cmd/main.go",
		`
//- /go.mod
module example.com/app
//- /cmd/main.go
package main
import (
	"fmt"
	store "example.com/app/internal/store"
	"example.com/app"
)
//- /internal/store/a.go
package store
//- /internal/store/b.go
package store
//- /internal/store/b_test.go
package store
//- /fmt/fmt.go
package fmt
//- /root.go
package app
`,
		`
fmt {* as fmt} -> elsewhere
example.com/app/internal/store {* as store} -> internal/store/a.go, internal/store/b.go
example.com/app {* as app} -> root.go
`,
	));

test("imports of Rust", () =>
	check(
		"core/src/a/b.rs",
		`
//- /core/src/lib.rs
mod a;
//- /core/src/a/mod.rs
pub mod b;
//- /core/src/a/b.rs
use crate::model::{Shape, Point as P};
use super::c::run;
use std::fmt::{self, Display};
use acme_tools::parse;
mod child;
//- /core/src/a/b/child.rs
//- /core/src/a/c.rs
pub fn run() {}
//- /core/src/model.rs
pub struct Shape;
//- /acme-tools/src/lib.rs
pub fn parse() {}
`,
		`
crate::model {Shape, Point as P} -> core/src/model.rs
super::c {run} -> core/src/a/c.rs
std {fmt} -> elsewhere
std::fmt {Display} -> elsewhere
acme_tools {parse} -> acme-tools/src/lib.rs
self::child {* as child} -> core/src/a/b/child.rs
`,
	));

test("imports of Java", () =>
	check(
		"src/main/java/com/acme/App.java",
		`
//- /src/main/java/com/acme/App.java
package com.acme;
import com.acme.model.Shape;
import com.acme.model.*;
import static com.acme.model.Shape.area;
import java.util.List;
//- /src/main/java/com/acme/model/Shape.java
package com.acme.model;
//- /src/main/java/com/acme/model/Point.java
package com.acme.model;
`,
		`
com.acme.model.Shape {Shape} -> src/main/java/com/acme/model/Shape.java
com.acme.model {*} -> src/main/java/com/acme/model/Point.java, src/main/java/com/acme/model/Shape.java
com.acme.model.Shape.area {area} -> src/main/java/com/acme/model/Shape.java
java.util.List {List} -> elsewhere
`,
	));

test("includes of C and C++", () =>
	check(
		"src/main.c",
		`
//- /src/main.c
#include <stdio.h>
#include "near.h"
#include <acme/io.h>
//- /src/near.h
int near(void);
//- /include/acme/io.h
int io(void);
`,
		`
stdio.h -> elsewhere
near.h -> src/near.h
acme/io.h -> include/acme/io.h
`,
	));

test("imports of C#", () =>
	check(
		"App.cs",
		`
//- /App.cs
using System;
using Acme.Shapes;
using S = Acme.Shapes.Square;
//- /Shapes/Square.cs
namespace Acme.Shapes;
class Square {}
`,
		`
System {* as *} -> elsewhere
Acme.Shapes {* as *} -> Shapes/Square.cs
Acme.Shapes.Square {* as S} -> Shapes/Square.cs
`.replaceAll("* as *", "*"),
	));

test("imports of PHP", () =>
	check(
		"public/index.php",
		`
//- /public/index.php
<?php
use Acme\\Shapes\\Square;
use Acme\\Shapes\\Circle as Round;
require_once __DIR__ . '/../lib/helper.php';
//- /src/Shapes/Square.php
<?php
//- /src/Shapes/Circle.php
<?php
//- /lib/helper.php
<?php
`,
		`
Acme\\Shapes\\Square {Square} -> src/Shapes/Square.php
Acme\\Shapes\\Circle {Circle as Round} -> src/Shapes/Circle.php
/../lib/helper.php -> lib/helper.php
`,
	));

test("requires of Ruby", () =>
	check(
		"lib/acme.rb",
		`
//- /lib/acme.rb
require "json"
require "acme/shape"
require_relative "acme/point"
//- /lib/acme/shape.rb
class Shape; end
//- /lib/acme/point.rb
class Point; end
`,
		`
json -> elsewhere
acme/shape -> lib/acme/shape.rb
./acme/point -> lib/acme/point.rb
`,
	));

test.each([
	["a.ts", `//- /a.ts\nexport {};\n//- /sub/b.ts\nimport "../a";\n`, ["sub/b.ts"]],
	["sub/index.ts", `//- /sub/index.ts\nexport {};\n//- /b.ts\nimport "./sub";\n`, ["b.ts"]],
	["index.ts", `//- /index.ts\nexport {};\n//- /sub/b.ts\nimport "..";\n`, ["sub/b.ts"]],
	["p/__init__.py", `//- /p/__init__.py\nx = 1\n//- /p/b.py\nfrom . import x\n`, ["p/b.py"]],
	["p/a.py", `//- /p/a.py\nx = 1\n//- /p/b.py\nfrom . import a\n`, ["p/b.py"]],
	["p/a.go", `//- /go.mod\nmodule m\n//- /p/a.go\npackage p\n//- /b.go\nimport "m/p"\n`, ["b.go"]],
	["src/a.rs", `//- /src/lib.rs\nmod a;\n//- /src/a.rs\nfn f() {}\n`, ["src/lib.rs"]],
	["N/A.cs", `//- /N/A.cs\nnamespace X.Y;\n//- /B.cs\nusing X.Y;\n`, ["B.cs"]],
])("the importers of %s", (file, fixture, expected) =>
	withIndexOf(fixture, (index) => {
		expect(index.importersOf(file)).toEqual(expected);
	}),
);

test("an import means another file once that file is there", () =>
	withIndexOf(`//- /a.ts\nimport "./b";\n`, async (index) => {
		expect(index.importsOf("a.ts")[0]?.resolved).toEqual([]);
		await index.update("b.ts", "export {};");
		expect(index.importsOf("a.ts")[0]?.resolved).toEqual(["b.ts"]);
		expect(index.importersOf("b.ts")).toEqual(["a.ts"]);
		await index.remove("b.ts");
		expect(index.importsOf("a.ts")[0]?.resolved).toEqual([]);
	}));
