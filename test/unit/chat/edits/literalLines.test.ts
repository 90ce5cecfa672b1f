import { expect, test } from "vitest";
import { applied, block } from "../../../support/appliedBlock.ts";

test.each([
	[
		"bash",
		"a.sh",
		"f() {\n  echo\n}\n",
		"f() {\n  cat <<EOF\n  two\n    four {\nEOF\n  if x; then\n    y\n  fi\n}",
	],
	[
		"bash",
		"a.sh",
		"f() {\n  echo\n}\n",
		"f() {\n  cat <<-'EOF' | sort\n  two\n    four\n  EOF\n  echo $((1 << n))\n}",
	],
	[
		"ruby",
		"a.rb",
		"def f\n  0\nend\n",
		"def f\n  x = g(<<~T, 1)\n      a\n          b\n  T\n  x\nend",
	],
	[
		"perl",
		"a.pl",
		"sub f {\n  0;\n}\n",
		'sub f {\n  print <<"EOT";\n  a\n    b\nEOT\n  return 2;\n}',
	],
	[
		"php",
		"a.php",
		"<?php\nfunction f() {\n  return 0;\n}\n",
		"<?php\nfunction f() {\n  $x = <<<EOT\n  a\n    b\n  EOT;\n  return $x;\n}",
	],
	[
		"lua",
		"a.lua",
		"function f()\n  return 0\nend\n",
		"function f()\n  local s = [==[\n  a]]\n    b\n]==]\n  return s\nend",
	],
	[
		"cpp",
		"a.cpp",
		"void f() {\n  y();\n}\n",
		'void f() {\n  string s = R"x(\n  a)"\n    b {\n  )x";\n  y();\n}',
	],
	[
		"rust",
		"a.rs",
		"fn f() {\n  y();\n}\n",
		'fn f() {\n  let s = r#"\n  a"\n    b {\n"#;\n  y();\n}',
	],
	[
		"csharp",
		"A.cs",
		"void F()\n{\n  Y();\n}\n",
		'void F()\n{\n  var s = $@"\n  a\n    b";\n  Y();\n}',
	],
	[
		"powershell",
		"a.ps1",
		"function f {\n  y\n}\n",
		'function f {\n  $s = @"\n  a "b"\n    c {\n"@\n  y\n}',
	],
])("here-documents and raw strings of %s stay as they are", (info, path, twoSpaces, content) => {
	const file = twoSpaces.replaceAll("  ", "\t");
	const result = applied(block(info, content), path, file);
	const inside = /^(?: {2}a|\s+two|\s+four| {4,}[abc])/;
	const literal = (text: string): string[] => text.split("\n").filter((line) => inside.test(line));
	expect(literal(result)).toEqual(literal(content));
	expect(literal(content)).toHaveLength(2);
	expect(result.split("\n")).toContain(`\t${(content.split("\n").at(-2) ?? "").trim()}`);
});

test("a shift is no here-document", () => {
	const file = "f() {\n\techo $((1 << n))\n\techo 1\n}\n";
	expect(applied(block("bash", "f() {\n  echo $((1 << n))\n  echo 2\n}"), "a.sh", file)).toBe(
		file.replace("echo 1", "echo 2"),
	);
});

test("an operator of Ruby's is no here-document", () => {
	const file =
		"class A\n\tclass << self\n\t\tdef x\n\t\t\tself\n\t\tend\n\n\t\tdef y\n\t\t\t1\n\t\tend\n\tend\nend\n";
	const content = file.replaceAll("\t", "  ").replace("1", "2").trimEnd();
	expect(applied(block("ruby", content), "a.rb", file)).toBe(file.replace("1", "2"));
});

test("a text in YAML keeps its own indentation", () => {
	const file = "on:\n    push:\n        a: b\nsteps:\n    - name: a\n";
	const content =
		"steps:\n  - name: a\n    run: |\n      x\n        y\n\n      z\n    if: c\n  - name: b";
	expect(applied(block("yaml", content), "a.yml", file)).toBe(
		"on:\n    push:\n        a: b\nsteps:\n    - name: a\n      run: |\n          x\n            y\n\n          z\n      if: c\n    - name: b\n",
	);
});
