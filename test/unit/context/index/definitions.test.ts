import { expect, test } from "vitest";
import { withIndexOf } from "../../../support/indexedFolder.ts";
import { checkDefinitions as check } from "../../../support/checkDefinitions.ts";

test("definitions in TypeScript", () =>
	check(
		"a.ts",
		`
export interface Shape {
	readonly area: number;
	scale(by: number): Shape;
}
export abstract class Base<T> extends Root implements Shape {
	#count = 0;
	constructor(private readonly name: string) {}
	get area(): number {
		return 1;
	}
	abstract draw(): void;
	handler = (event: Event): void => {
		this.#count++;
	};
}
export type Id = string | number;
export enum Color {
	Red,
	Green = "g",
}
export const limit = 5;
export const add = async (a: number, b: number): Promise<number> => {
	const inner = a;
	return inner + b;
};
export default function main(
	args: string[],
): void {
	function nested() {}
}
namespace Space {
	export function inSpace() {}
}
`,
		`
interface Shape 0-3 | export interface Shape
field Shape.area 1-1 | readonly area: number;
method Shape.scale 2-2 | scale(by: number): Shape;
class Base 4-14 | export abstract class Base<T> extends Root implements Shape
field Base.#count 5-5 | #count = 0;
method Base.constructor 6-6 | constructor(private readonly name: string)
field Base.name 6-6 | constructor(private readonly name: string) {}
method Base.area 7-9 | get area(): number
method Base.draw 10-10 | abstract draw(): void;
method Base.handler 11-13 | handler = (event: Event): void =>
type Id 15-15 | export type Id = string | number;
enum Color 16-19 | export enum Color
enumMember Color.Red 17-17 | Red,
enumMember Color.Green 18-18 | Green = "g",
constant limit 20-20 | export const limit = 5;
function add 21-24 | export const add = async (a: number, b: number): Promise<number> =>
function main 25-29 | export default function main( args: string[], ): void
function nested 28-28 | function nested()
module Space 30-32 | namespace Space
function Space.inSpace 31-31 | export function inSpace()
`,
	));

test("definitions in JavaScript", () =>
	check(
		"a.js",
		`
class A extends B {
	field = 1;
	method(a) {}
}
exports.run = function (x) {
	return x;
};
var old = 1;
function* gen() {}
`,
		`
class A 0-3 | class A extends B
field A.field 1-1 | field = 1;
method A.method 2-2 | method(a)
function run 4-6 | exports.run = function (x)
variable old 7-7 | var old = 1;
function gen 8-8 | function* gen()
`,
	));

test("definitions in Python", () =>
	check(
		"a.py",
		`
LIMIT = 3

# About A.
@dataclass
class A(Base):
    size: int = 0
    kind = "x"

    def __init__(self, name):
        self.name = name
        local = 1

    @property
    async def value(
        self,
    ) -> int:
        return 1

def f(a, *, b=1):
    def g():
        pass
`,
		`
constant LIMIT 0-0 | LIMIT = 3
class A 4-16 | class A(Base):
field A.size 5-5 | size: int = 0
field A.kind 6-6 | kind = "x"
method A.__init__ 8-10 | def __init__(self, name):
field A.name 9-9 | self.name = name
method A.value 13-16 | async def value( self, ) -> int:
function f 18-20 | def f(a, *, b=1):
function g 19-20 | def g():
`,
	));

test("definitions in Go", () =>
	check(
		"a.go",
		`
package a

const Limit = 3

var (
	first = 1
)

type Stack[T any] struct {
	items []T
}

type Reader interface {
	Read(p []byte) (n int, err error)
}

type ID string

func (s *Stack[T]) Push(item T) {
	s.items = append(s.items, item)
}

func New() *Stack[int] { return nil }
`,
		`
constant Limit 2-2 | const Limit = 3
variable first 5-5 | first = 1
struct Stack 8-10 | type Stack[T any] struct
field Stack.items 9-9 | items []T
interface Reader 12-14 | type Reader interface { Read(p []byte) (n int, err error) }
method Reader.Read 13-13 | Read(p []byte) (n int, err error)
type ID 16-16 | type ID string
method Stack.Push 18-20 | func (s *Stack[T]) Push(item T)
function New 22-22 | func New() *Stack[int]
`,
	));

test("definitions in Rust", () =>
	check(
		"a.rs",
		`
pub struct Point<T> {
    pub x: T,
}
pub enum Shape {
    Circle(f32),
    Square { side: f32 },
}
pub trait Draw {
    fn draw(&self);
}
impl<T> Draw for Point<T> {
    fn draw(&self) {
        todo!()
    }
}
const MAX: usize = 3;
pub fn run<T: Draw>(item: &T) -> bool
where
    T: Clone,
{
    true
}
mod inner {
    pub fn deep() {}
}
macro_rules! square { ($x:expr) => { $x * $x }; }
`,
		`
struct Point 0-2 | pub struct Point<T>
field Point.x 1-1 | pub x: T,
enum Shape 3-6 | pub enum Shape
enumMember Shape.Circle 4-4 | Circle(f32),
enumMember Shape.Square 5-5 | Square { side: f32 },
interface Draw 7-9 | pub trait Draw
method Draw.draw 8-8 | fn draw(&self);
method Point.draw 11-13 | fn draw(&self)
constant MAX 15-15 | const MAX: usize = 3;
function run 16-21 | pub fn run<T: Draw>(item: &T) -> bool where T: Clone,
module inner 22-24 | mod inner
function inner.deep 23-23 | pub fn deep()
macro square 25-25 | macro_rules! square { ($x:expr) => { $x * $x }; }
`,
	));

test("definitions in Java", () =>
	check(
		"A.java",
		`
package com.acme.shapes;

public class A<T> extends B implements C {
    private final int size = 1;
    public A(int size) { this.size = size; }
    @Override
    public String toString() {
        return "";
    }
    enum Kind { ONE, TWO }
}
interface C { void run(); }
record R(int x) {}
`,
		`
module com.acme.shapes 0-0 | package com.acme.shapes;
class A 2-10 | public class A<T> extends B implements C
field A.size 3-3 | private final int size = 1;
constructor A.A 4-4 | public A(int size)
method A.toString 5-8 | @Override public String toString()
enum A.Kind 9-9 | enum Kind
enumMember Kind.ONE 9-9 | enum Kind { ONE, TWO }
enumMember Kind.TWO 9-9 | enum Kind { ONE, TWO }
interface C 11-11 | interface C
method C.run 11-11 | interface C { void run(); }
class R 12-12 | record R(int x)
field R.x 12-12 | record R(int x) {}
`,
	));

test("a definition begins with the comment and the decorators above it", () =>
	withIndexOf("//- /a.py\nx = 1\n\n# About f.\n@cached\ndef f():\n    pass\n", (index) => {
		expect(index.definitionsOf("f")).toMatchObject([{ docLine: 2, startLine: 4, endLine: 5 }]);
	}));
