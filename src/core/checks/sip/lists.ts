import { endOfQuoted, isSpace } from "../../protocols/uri/chars.js";
import type { Findings } from "./findings.js";

/** Lists of tokens such as Allow or Supported: no empty elements (RFC 3261 §25.1); the whole list may be empty. */
export function checkTokenList(findings: Findings, start: number, end: number): void {
	const { text } = findings;
	let comma = start < end ? start - 1 : -1;
	for (let i = start; i < end; i++) {
		const code = text.charCodeAt(i);
		if (code === 44) {
			if (comma >= 0) break;
			comma = i;
		} else if (!isSpace(code)) {
			comma = -1;
			if (code === 34) {
				const after = endOfQuoted(text, i, end);
				if (after < 0) {
					findings.add("sip.unterminated-quote", i, end - i);
					return;
				}
				i = after - 1;
			}
		}
	}
	if (comma >= 0) findings.once("sip.empty-parameter", Math.max(comma, start), 1, "empty list element");
}

/** Challenges and credentials: their quoted strings are closed. */
export function checkQuotes(findings: Findings, start: number, end: number): void {
	let open = findings.text.indexOf('"', start);
	while (open >= 0 && open < end) {
		const after = endOfQuoted(findings.text, open, end);
		if (after < 0) {
			findings.add("sip.unterminated-quote", open, end - open);
			return;
		}
		open = findings.text.indexOf('"', after);
	}
}
