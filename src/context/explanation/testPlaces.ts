const testFolders: ReadonlySet<string> = new Set(["test", "tests", "__tests__", "spec", "specs"]);

/** Whether a file holds tests, by where it lies and what it is called, as the tools of its language look for them. */
export function isTestPath(path: string): boolean {
	const segments = path.split("/");
	const name = segments.pop() ?? "";
	return (
		segments.some((segment) => testFolders.has(segment.toLowerCase())) ||
		/(?:^test_[^.]+|_test|_spec|[.-](?:test|spec|cy))\.\w+$/.test(name) ||
		/(?:Test|Tests|IT|Spec)\.(?:java|kt|cs|scala|groovy|php|swift)$/.test(name)
	);
}

/** Attributes of Rust and annotations of Java and C# that make a function a test. */
const testMarks =
	/#\[(?:\w{1,40}::){0,3}test\b|@(?:Parameterized|Repeated)?Test\b|\[(?:Fact|Theory|Test|TestMethod)\b/;

/** Whether lines above a declaration say that it is a test. */
export function marksTest(linesAbove: string): boolean {
	return testMarks.test(linesAbove);
}
