import { RE2JS, RE2JSException } from "re2js";

/** instructions of a compiled expression: what a match costs is this times the length of the text, at most */
const LARGEST = 5000;

/**
 * A regular expression in RE2's syntax, found anywhere in the text, letter case ignored as Wireshark does ((?-i) at the start
 * asks for it). Matching takes time linear in the text whatever the expression is; look-around and back references, which cannot
 * be matched that way, are refused.
 *
 * @throws Error with the reason in words
 */
export function compilePattern(source: string): (text: string) => boolean {
	let pattern: RE2JS;
	try {
		pattern = RE2JS.compile(source, RE2JS.CASE_INSENSITIVE);
	} catch (error) {
		if (!(error instanceof RE2JSException)) throw error;
		throw new Error(error.message.replace(/^error parsing regexp: /, "regular expression: "));
	}
	if (pattern.programSize() > LARGEST) throw new Error("regular expression: too large; use smaller repeat counts");
	return (text) => pattern.test(text);
}
