import { describe, expect, test } from "vitest";
import { candidatesFor } from "../../../src/nextEdit/nextEdit.ts";
import { checkCandidates as check } from "../../support/checkCandidates.ts";
import { editedFixture } from "../../support/editedFixture.ts";

describe("the same replacement", () => {
	test("is proposed where the same name stands, as often as it stands on a line", () => {
		check(
			`
-const total = sumOf(prices);
+const total = priceOf(prices);
 const other = sumOfAll(prices);
<const both = sumOf(a) + sumOf(b);
>const both = priceOf(a) + priceOf(b);
`,
			["replacement"],
		);
	});

	test("is proposed for a piece of several tokens", () => {
		check(
			`
-  if (this.connection.encrypted) {
+  if (this.socket.tls.encrypted) {
   }
<  trust(this.connection.address)
>  trust(this.socket.tls.address)
`,
			["replacement"],
			"javascript",
		);
	});

	test("isn't proposed for a longer name that begins like it", () => {
		check(
			`
-let size = 1;
+let extent = 1;
 reset(sizeable, resized);
`,
			[],
		);
	});

	test("takes ordinary words in comments and strings for what they are", () => {
		check(
			`
-const key = read();
+const token = read();
 // the key of the door
 log("no key");
<use(key);
>use(token);
`,
			["replacement"],
		);
		const { document } = editedFixture(`
-const key = read();
+const token = read();
 // the key of the door
 log("no key");
`);
		expect(candidatesFor(document)).toEqual([]);
	});

	test("goes into comments when it was a comment that was edited", () => {
		check(
			`
-// Toggle key by a click
+// Toggle lock by a click
 run();
<// Toggle key again
>// Toggle lock again
`,
			["replacement"],
		);
	});

	test("joins lines that follow each other to one edit", () => {
		check(
			`
-  int64 a,
+  int a,
 }
<  int64 b,
<  int64 c,
>  int b,
>  int c,
`,
			["replacement"],
			"go",
		);
	});
});

describe("variants of a changed name", () => {
	test("are other ways of writing it, its plural, and names that hold its words", () => {
		check(
			`
-export type SkipSymbol = 1;
+export type SkipToken = 1;
 }
<const skipSymbol = 2;
>const skipToken = 2;
 }
<const SKIP_SYMBOLS = [];
>const SKIP_TOKENS = [];
 }
<export type PatchSkipSymbolThunk = 3;
>export type PatchSkipTokenThunk = 3;
`,
			["variant"],
		);
	});

	test("aren't made of a few letters", () => {
		check(
			`
-let ab = 1;
+let cd = 1;
 let abOther = 2;
`,
			[],
		);
	});
});

describe("the same insertion", () => {
	test("is proposed between the same neighbours", () => {
		check(
			`
-	assert(command.Run(c, test))
+	assert(command.Run(c, test...))
 	done()
<	ok(command.Run(c, test))
>	ok(command.Run(c, test...))
`,
			["insertion"],
			"go",
		);
	});

	test("is proposed at the end of lines in front of a closing bracket", () => {
		check(
			`
 f({
-  payload: 'something'
+  payload: 'something',
 })
 f({
<  meta: a / 2
>  meta: a / 2,
 })
`,
			["insertion"],
		);
	});
});

describe("the same shape", () => {
	test("carries other operands over", () => {
		check(
			`
-      arg.should.equal(app);
+      assert.strictEqual(arg, app)
       done()
<      blog.parent.should.equal(other[0]);
>      assert.strictEqual(blog.parent, other[0])
`,
			["shape"],
			"javascript",
		);
	});

	test("is put around names that stand where the first one stood", () => {
		check(
			`
-  ids.forEach(id => {
+  ids.forEach((id) => {
   })
<  models.map(model => model.id)
>  models.map((model) => model.id)
`,
			["shape"],
		);
	});

	test("is put around whole types", () => {
		check(
			`
-    name: str = None,
+    name: Optional[str] = None,
     x: int,
<    routes: Sequence[Route] = None,
>    routes: Optional[Sequence[Route]] = None,
`,
			["shape"],
			"python",
		);
	});
});

describe("whole lines", () => {
	test("become the same others, indented as they are", () => {
		check(
			`
-return send(context)
+return send(
+  context,
+)
 
<    return send(context)
>    return send(
>      context,
>    )
`,
			["sameLines"],
		);
	});

	test("become the same others with the names that they have", () => {
		check(
			`
-const first = useData([key1, obj], (a, b) => a + b)
+const first = useData(
+  [key1, obj],
+  ([a, b]) => a + b
+)
 
<const second = useData([key2, obj], (a, b) => a + b)
>const second = useData(
>  [key2, obj],
>  ([a, b]) => a + b
>)
`,
			["likeLines"],
		);
	});

	test("are put behind the same line, unless they are there", () => {
		check(
			`
 Description: "one",
+ArgsUsage: "[arguments...]",
 Action: first,
 },
 Description: "one",
>ArgsUsage: "[arguments...]",
 Action: second,
`,
			["lines"],
			"go",
		);
		const { document } = editedFixture(`
 Description: "one",
+ArgsUsage: "[arguments...]",
 Action: first,
 Description: "one",
 ArgsUsage: "[arguments...]",
 Action: second,
`);
		expect(candidatesFor(document).filter(({ edit }) => edit.old.length === 0)).toEqual([]);
	});

	test("are taken away where the same ones were", () => {
		check(
			`
-@pytest.mark.skip(reason="weird")
 def test_a():
     pass
<@pytest.mark.skip(reason="weird")
 def test_b():
`,
			["sameLines"],
			"python",
		);
	});

	test("go from where they were before they were put in somewhere else", () => {
		check(
			`
 def save():
+    secure = cookie_is_secure(app)
     if x:
         return
     y()
<    secure = cookie_is_secure(app)
     z()
`,
			["moved"],
			"python",
		);
	});
});
