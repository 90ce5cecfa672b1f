import { test } from "vitest";
import { checkDefinitions as check } from "../../../support/checkDefinitions.ts";

test("definitions in C", () =>
	check(
		"a.h",
		`
#define LIMIT 3
#define MAX(a, b) ((a) > (b) ? (a) : (b))
typedef struct {
	int x;
	void (*callback)(int);
} point;
struct node { struct node *next; };
enum color { RED, GREEN };
int add(int a, int b);
static char *name(void) { return 0; }
extern int counter;
`,
		`
macro LIMIT 0-0 | #define LIMIT 3
macro MAX 1-1 | #define MAX(a, b) ((a) > (b) ? (a) : (b))
type point 2-5 | typedef struct { int x; void (*callback)(int); } point;
field point.x 3-3 | int x;
method point.callback 4-4 | void (*callback)(int);
struct node 6-6 | struct node
field node.next 6-6 | struct node { struct node *next; };
enum color 7-7 | enum color
enumMember color.RED 7-7 | enum color { RED, GREEN };
enumMember color.GREEN 7-7 | enum color { RED, GREEN };
function add 8-8 | int add(int a, int b);
function name 9-9 | static char *name(void)
variable counter 10-10 | extern int counter;
`,
	));

test("definitions in C++", () =>
	check(
		"a.cpp",
		`
namespace app {
template <typename T>
class Stack : public Base {
public:
	Stack();
	~Stack();
	void push(const T &item) { items.push_back(item); }
	T &top() const;
private:
	std::vector<T> items;
};
using Id = int;
}
void app::Stack::pop() {
}
bool operator==(const A &a, const A &b) { return true; }
`,
		`
module app 0-12 | namespace app
class app.Stack 1-10 | template <typename T> class Stack : public Base
method Stack.Stack 4-4 | Stack();
method Stack.~Stack 5-5 | ~Stack();
method Stack.push 6-6 | void push(const T &item)
method Stack.top 7-7 | T &top() const;
field Stack.items 9-9 | std::vector<T> items;
type app.Id 11-11 | using Id = int;
method Stack.pop 13-14 | void app::Stack::pop()
function operator== 15-15 | bool operator==(const A &a, const A &b)
`,
	));

test("definitions in C#", () =>
	check(
		"A.cs",
		`
namespace Acme.Shapes;

public class A : B
{
    private int size;
    public int Size { get; set; }
    public A(int size) { }
    public void Draw<T>(T item)
    {
    }
}
public interface IShape { void Draw(); }
public enum Kind { One, Two }
public record R(int X);
`,
		`
module Acme.Shapes 0-0 | namespace Acme.Shapes;
class A 2-10 | public class A : B
field A.size 4-4 | private int size;
field A.Size 5-5 | public int Size { get; set; }
constructor A.A 6-6 | public A(int size)
method A.Draw 7-9 | public void Draw<T>(T item)
interface IShape 11-11 | public interface IShape
method IShape.Draw 11-11 | public interface IShape { void Draw(); }
enum Kind 12-12 | public enum Kind
enumMember Kind.One 12-12 | public enum Kind { One, Two }
enumMember Kind.Two 12-12 | public enum Kind { One, Two }
class R 13-13 | public record R(int X);
field R.X 13-13 | public record R(int X);
`,
	));

test("definitions in PHP", () =>
	check(
		"A.php",
		`
<?php
namespace Acme\\Shapes;

class A extends B
{
    const LIMIT = 3;
    private int $size = 0;
    public function __construct(private string $name) {}
    public function draw(int $x): void
    {
    }
}
interface Shape {}
function helper($a) {}
`,
		`
module Acme\\Shapes 1-1 | namespace Acme\\Shapes;
class A 3-11 | class A extends B
constant A.LIMIT 5-5 | const LIMIT = 3;
field A.size 6-6 | private int $size = 0;
method A.__construct 7-7 | public function __construct(private string $name)
field A.name 7-7 | public function __construct(private string $name) {}
method A.draw 8-10 | public function draw(int $x): void
interface Shape 12-12 | interface Shape
function helper 13-13 | function helper($a)
`,
	));

test("definitions in Ruby", () =>
	check(
		"a.rb",
		`
module Shapes
  LIMIT = 3
  class Circle < Shape
    attr_reader :radius
    def initialize(radius)
      @radius = radius
    end
    def self.unit
      new(1)
    end
  end
end
`,
		`
module Shapes 0-11 | module Shapes
constant Shapes.LIMIT 1-1 | LIMIT = 3
class Shapes.Circle 2-10 | class Circle < Shape
field Circle.radius 3-3 | attr_reader :radius
method Circle.initialize 4-6 | def initialize(radius)
method Circle.unit 7-9 | def self.unit
`,
	));
