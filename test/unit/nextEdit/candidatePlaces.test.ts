import { describe, test } from "vitest";
import { checkCandidates as check } from "../../support/checkCandidates.ts";

describe("imports", () => {
	test("by name make the module's name needless", () => {
		check(
			`
-import typing
+from typing import Any, Callable
 
<def f(x: typing.Any) -> typing.Callable:
>def f(x: Any) -> Callable:
`,
			["import"],
			"python",
		);
	});

	test("of one name instead of another rename it", () => {
		check(
			`
-from flask.globals import request_ctx
+from flask.globals import app_ctx as _app_ctx
 
<    with request_ctx:
>    with _app_ctx:
`,
			["replacement"],
			"python",
		);
	});

	test("say nothing about code when several names changed", () => {
		check(
			`
-import { cache } from '../src'
+import { createCache, SWRConfig } from '../src'
 const cached = cache.get(key)
`,
			[],
		);
	});
});

describe("places", () => {
	test("that somebody went past aren't proposed", () => {
		check(
			`
-let alpha = 1;
+let omega = 1;
 use(alpha);
-let other = 1;
+let another = 1;
`,
			[],
		);
	});

	test("above the edits are proposed when nothing is left below and three edits agree", () => {
		check(
			`
 use(alpha);
-a(alpha);
+a(omega);
 x();
-b(alpha);
+b(omega);
`,
			[],
		);
		check(
			`
<use(alpha);
>use(omega);
-a(alpha);
+a(omega);
 x();
-b(alpha);
+b(omega);
 x();
-c(alpha);
+c(omega);
`,
			["replacement"],
		);
	});

	test("in lines that were just written aren't proposed", () => {
		check(
			`
-let alpha = alpha0;
+let omega = alpha + alpha0;
`,
			[],
		);
	});
});
