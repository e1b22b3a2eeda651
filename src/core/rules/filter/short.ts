import type { Arg, CompareOp, Node, Span } from "./syntax.js";

const HOSTS = ["sip.r-uri.host", "sip.from.host", "sip.to.host", "msrp.host"];

/** A mitmproxy short form in our own words. */
export function shortForm({ letter, text, at, length }: Node & { kind: "short" }): Node | { error: string } {
	const span: Span = { at, length };
	const field = (name: string): Arg => ({ kind: "field", name, ...span });
	const there = (name: string): Node => ({ kind: "presence", arg: field(name), ...span });
	const test = (name: string, op: CompareOp, value: string, quoted = true): Node => ({
		kind: "test",
		op,
		left: field(name),
		right: { kind: "literal", text: value, quoted, ...span },
		quantifier: undefined,
		...span,
	});
	const matches = (name: string): Node => test(name, "matches", text ?? "");
	switch (letter) {
		case "m":
			return matches("method");
		case "h":
			return matches("header");
		case "b":
			return matches("body");
		case "t":
			return matches("content_type");
		case "u":
			return matches("uri");
		case "d":
			return { kind: "or", nodes: HOSTS.map(matches), ...span };
		case "c":
			return /^[0-9]{1,4}$/.test(text ?? "") ? test("status", "==", text!, false) : { error: "~c needs a status code, a number: ~c 200" };
		case "s":
			return there("response");
		case "q":
			return there("request");
		case "a":
			return there("file");
		case "e":
			return test("problem.severity", "==", "error");
		default:
			return there("entry");
	}
}
