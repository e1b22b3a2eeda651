import { escapeTerminalLines } from "./escape.js";

/** One test case of a JUnit report. */
export interface JunitCase {
	name: string;
	/** groups cases in viewers */
	className: string;
	/** why it failed; several lines are fine */
	failure?: { message: string; text: string };
	/** why it says nothing */
	skipped?: string;
}

export interface JunitSuite {
	name: string;
	cases: readonly JunitCase[];
}

/** A JUnit XML document. Any text may come in: what XML forbids or a viewer would misread is written visibly. */
export function junitXml(suites: readonly JunitSuite[]): string {
	const total = counts(suites.flatMap(({ cases }) => cases));
	let out = `<?xml version="1.0" encoding="UTF-8"?>\n<testsuites name="mitmsrp"${total}>\n`;
	for (const { name, cases } of suites) {
		out += `\t<testsuite name="${xml(name)}"${counts(cases)}>\n`;
		for (const one of cases) out += testCase(one);
		out += "\t</testsuite>\n";
	}
	return `${out}</testsuites>\n`;
}

function counts(cases: readonly JunitCase[]): string {
	const failures = cases.filter(({ failure }) => failure !== undefined).length;
	const skipped = cases.filter((one) => one.skipped !== undefined).length;
	return ` tests="${cases.length}" failures="${failures}" errors="0" skipped="${skipped}"`;
}

function testCase({ name, className, failure, skipped }: JunitCase): string {
	const open = `\t\t<testcase name="${xml(name)}" classname="${xml(className)}"`;
	if (failure !== undefined) {
		return `${open}>\n\t\t\t<failure message="${xml(failure.message)}">${xml(failure.text)}</failure>\n\t\t</testcase>\n`;
	}
	if (skipped !== undefined) return `${open}>\n\t\t\t<skipped message="${xml(skipped)}"/>\n\t\t</testcase>\n`;
	return `${open}/>\n`;
}

const ENTITIES: Readonly<Record<string, string>> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&apos;" };

/** Text for element content and attributes: no character is left that XML 1.0 §2.2 forbids. */
export function xml(text: string): string {
	return escapeTerminalLines(text)
		.replace(/[\ufffe\uffff]/g, (character) => `\\u${character.charCodeAt(0).toString(16)}`)
		.replace(/[&<>"']/g, (character) => ENTITIES[character]!)
		.replaceAll("\n", "&#10;");
}
