import { expect, test } from "vitest";
import { createProgressBar } from "../../../src/cli/progressBar.ts";

function drawn(
	isTTY: boolean,
	draw: (bar: ReturnType<typeof createProgressBar>) => void,
): string[] {
	const written: string[] = [];
	draw(createProgressBar({ isTTY, columns: 60, write: (text) => written.push(text) }, 0));
	return written;
}

test("a terminal gets one line that is drawn over itself, with the time that is left", () => {
	const written = drawn(true, (bar) => {
		bar.update({ done: 1, total: 4, text: "1 of 4 files" }, 1000);
		bar.update({ done: 2, total: 4, text: "2 of 4 files" }, 1010);
		bar.update({ done: 4, total: 4, text: "4 of 4 files" }, 1020);
		bar.finish();
	});
	expect(written).toEqual([
		"\r████████░░░░░░░░░░░░░░░░░░░░░░  25 %  1 of 4 files, 3 s lef\u001B[K",
		"\r██████████████████████████████ 100 %  4 of 4 files\u001B[K",
		"\n",
	]);
});

test("a file gets a line for every tenth", () => {
	const written = drawn(false, (bar) => {
		for (let done = 0; done <= 100; done++) {
			bar.update({ done, total: 100, text: `${done} of 100 files` }, done);
		}
		bar.finish();
	});
	expect(written).toHaveLength(10);
	expect(written.at(-1)).toBe("100 %  100 of 100 files\n");
});

test("nothing to do draws nothing", () => {
	expect(drawn(true, (bar) => bar.finish())).toEqual([]);
});
