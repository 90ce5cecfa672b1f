import { describe, expect, test } from "vitest";
import { candidatesFor } from "../../../src/nextEdit/nextEdit.ts";
import { checkCandidates as check } from "../../support/checkCandidates.ts";
import { editedFixture } from "../../support/editedFixture.ts";

/** What is proposed for the lines below the edits, as they would be then. */
function proposed(text: string, languageId = "typescript"): readonly string[] {
	return candidatesFor(editedFixture(text, languageId).document).flatMap(({ edit }) => edit.next);
}

describe("all changes of a line", () => {
	test("are made on another in the same order, whatever stands between them", () => {
		check(
			`
-  .expect(302, '<p>Found. Go to http://one.org</p>', done)
+  .expect(302, '<title>Found</title><p>Found. Go to http://one.org</p></body>', done)
   done()
<  .expect(302, '<p>Found. Go to ' + encoded + '</p>', done);
>  .expect(302, '<title>Found</title><p>Found. Go to ' + encoded + '</p></body>', done);
`,
			["everyChange"],
			"javascript",
		);
	});
});

describe("calls of what gained or lost a parameter", () => {
	test("pass on what is called like the new one", () => {
		check(
			`
-function draw(shape: Shape, at: Point) {
+function draw(shape: Shape, at: Point, theme: Theme) {
 	return shape;
 }
<	draw(square(2, 3), origin);
>	draw(square(2, 3), origin, theme);
`,
			["parameter"],
		);
	});

	test("lose the argument of the one that is gone", () => {
		check(
			`
-function acceptParams(str, index) {
+function acceptParams(str) {
 	return str;
 }
<	const params = acceptParams(parts[0], i);
>	const params = acceptParams(parts[0]);
`,
			["parameter"],
			"javascript",
		);
	});

	test("by name where the last argument is, and without self", () => {
		check(
			`
-    def mount(self, path, app):
+    def mount(self, path, app, name):
         pass
<        self.mount("/a, b", app=inner)
>        self.mount("/a, b", app=inner, name=name)
`,
			["parameter"],
			"python",
		);
	});

	test("are left alone where they have another number of arguments, and definitions always", () => {
		const found = proposed(`
-function draw(shape: Shape, at: Point) {
+function draw(shape: Shape, at: Point, theme: Theme) {
 	return shape;
 }
 	draw(square);
 function draw(one: Shape, two: Point) {
`);
		expect(found.filter((line) => line.includes("draw(square, theme)"))).toEqual([]);
		expect(found.filter((line) => line.includes("one: Shape, two: Point, theme)"))).toEqual([]);
	});
});

describe("siblings of a new member", () => {
	test("get a line of their own wherever the one beside it has one", () => {
		check(
			`
 enum Color {
 	Red = "red",
+	Green = "green",
 }
 const names = {
 	[Color.Red]: labelOf("red"),
>	[Color.Green]: labelOf("green"),
 };
`,
			["sibling"],
		);
	});

	test("get a block of their own", () => {
		check(
			`
 	circle,
+	square,
 ]
 switch (shape) {
 	case "circle":
 		return drawCircle(shape);
>	case "square":
>		return drawSquare(shape);
 	default:
`,
			["sibling"],
		);
	});

	test("get a block of their own behind the whole of it, blank lines in it or not", () => {
		check(
			`
 	Foo = auto()
+	Bar = auto()
 x()
 match kind:
 	case Foo:
 		one()
 
 		two()
>	case Bar:
>		one()
>
>		two()
 
 	case _:
 	return
`,
			["sibling"],
			"python",
		);
		check(
			`
 	Foo,
+	Bar,
 ]
 	use(Foo, () => {
 		one();
 
 		two();
 
 	});
>	use(Bar, () => {
>		one();
>
>		two();
>
>	});
`,
			["sibling"],
		);
	});

	test("keep the words of other names as they are written", () => {
		check(
			`
 	circle,
+	square,
 ]
 	circle: HTMLCircle,
>	square: HTMLSquare,
 ]
`,
			["sibling"],
		);
	});

	test("aren't made of lines that are too long to be read", () => {
		const found = proposed(`
 	circle,
+	square,
 ]
 switch (shape) {
 	case "circle":
 		return [${"1, ".repeat(400)}];
 	default:
`);
		expect(found).toEqual([]);
	});

	test("aren't made where they are already", () => {
		const found = proposed(`
 	circle,
+	square,
 ]
 	case "circle":
 	case "square":
`);
		expect(found.filter((line) => line.includes("case"))).toEqual([]);
	});
});

describe("candidates are dropped", () => {
	test("that would hold a line in which no names can be found, which would come out empty", () => {
		const long = `[${"1, ".repeat(400)}]`;
		const found = proposed(`
-	draw(circle);
-	paint(circle);
+	fill(circle, ${long});
+	frame(circle);
 	x();
 	draw(square);
 	paint(square);
`);
		expect(found).not.toContain("	");
	});

	test("that would open a bracket which no edit opened", () => {
		const found = proposed(`
-	unknown: found.length,
+	unknown: found.length),
 	x();
 	uses: named.length,
`);
		expect(found).toEqual(["	uses: named.length),"]);
		const unasked = proposed(
			`
-  const a = read(one, two);
+  const a = read(one);
 	x();
   const b = read(one, two, three);
`,
		);
		for (const line of unasked) {
			expect(line.split("(").length).toBe(line.split(")").length);
		}
	});

	test("that would make one word of two", () => {
		const found = proposed(`
-	...(type?.("Holder", members) ?? []),
+	...type("Holder", members),
 	x();
 	inUnit(type?.("Holder", members) ?? [], block),
`);
		expect(found.filter((line) => line.includes("inUnittype"))).toEqual([]);
	});
});

describe("places", () => {
	test("of whole strings are code, whatever stands in them", () => {
		check(
			`
-StatelessLifespan = Callable[["Starlette"], Any]
+StatelessLifespan = Callable[[AppType], Any]
 x()
<    ["Starlette"], Any
>    [AppType], Any
`,
			["replacement"],
			"python",
		);
	});

	test("of signs are anywhere", () => {
		check(
			`
-  parse('#rue').replace('#', 't')
+  parse('#rue').replace(/#/g, 't')
 x()
<  .expect(parse('#rue').replace('#', 't'))
>  .expect(parse('#rue').replace(/#/g, 't'))
`,
			["insertion"],
			"javascript",
		);
	});
});

describe("variants", () => {
	test("with nothing but the changed words are loose ones", () => {
		check(
			`
-type PatchResult = 1;
+type PatchData = 1;
 }
<const updateResult = 2;
>const updateData = 2;
`,
			["looseVariant"],
		);
	});

	test("leave the words alone that didn't change, however they are written", () => {
		check(
			`
-type PatchResult = 1;
+type PatchData = 1;
 }
<const fetchURLResult = 2;
>const fetchURLData = 2;
`,
			["looseVariant"],
		);
	});

	test("aren't made of a name that is many now", () => {
		const found = proposed(`
-await closeEditor();
+await closeEditors();
 }
 use(editor);
`);
		expect(found).toEqual([]);
	});
});

describe("the gate hears", () => {
	const featuresAt = (text: string, line: string): Readonly<Record<string, number>> => {
		const found = candidatesFor(editedFixture(text).document).find(({ edit }) =>
			edit.next.includes(line),
		);
		return { ...found?.features };
	};

	test("whether a name is known at the place that it is taken to", () => {
		const text = (between: string): string => `
+	const prefix = nameOf(scope);
 	a();
-	send("start");
+	send(prefix, "start");
${between}
<	send("start");
>	send(prefix, "start");
`;
		const line = '	send(prefix, "start");';
		expect(featuresAt(text(" \tb();"), line)).toMatchObject({ isOutOfScope: 0, isBlockLeft: 0 });
		expect(featuresAt(text(" }\n function other() {"), line)).toMatchObject({
			isOutOfScope: 1,
			isBlockLeft: 1,
			isTopLevelLeft: 1,
		});
	});

	test("whether a line defines what it would replace, and whether an edit kept the old name", () => {
		const text = `
-import { languageIdOf } from "./ids.ts";
+import { languageIdOf, parseLine } from "./ids.ts";
-	const message = languageIdOf(line);
+	const message = parseLine(line);
 }
<function languageIdOf(text) {
>function parseLine(text) {
`;
		expect(featuresAt(text, "function parseLine(text) {")).toMatchObject({
			isDefinition: 1,
			isRedefinition: 1,
			isKeptBeside: 1,
		});
	});

	test("whether a line gets longer than any other", () => {
		const text = `
-short(a);
+short(a, extra);
 }
<shortened(short(a), short(a), short(a), short(a));
>shortened(short(a, extra), short(a, extra), short(a, extra), short(a, extra));
`;
		const line = "shortened(short(a, extra), short(a, extra), short(a, extra), short(a, extra));";
		expect(featuresAt(text, line)).toMatchObject({ isOverlong: 1, isLong: 1 });
	});
});
