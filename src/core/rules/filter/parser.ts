import { Lexer, type Token } from "./lexer.js";
import type { Arg, CompareOp, Node, Quantifier } from "./syntax.js";

const LONGEST = 1 << 16;
const DEEPEST = 100;

/** How strongly an operator of tests binds: not, and, xor, or, as in Wireshark. */
const BINDING: Readonly<Record<string, readonly [power: number, kind: "and" | "or" | "xor"]>> = {
	"||": [1, "or"],
	"|": [1, "or"],
	or: [1, "or"],
	"^^": [2, "xor"],
	xor: [2, "xor"],
	"&&": [3, "and"],
	"&": [3, "and"],
	and: [3, "and"],
};
const AND = 3;
const COMPARE: Readonly<Record<string, CompareOp>> = {
	"==": "==",
	eq: "==",
	any_eq: "==",
	"!=": "!=",
	ne: "!=",
	all_ne: "!=",
	"===": "===",
	all_eq: "===",
	"!==": "!==",
	"~=": "!==",
	any_ne: "!==",
	"<": "<",
	lt: "<",
	"<=": "<=",
	le: "<=",
	">": ">",
	gt: ">",
	">=": ">=",
	ge: ">=",
	contains: "contains",
	matches: "matches",
	"~": "matches",
};
/** Short forms, and whether they take an argument. */
export const SHORT_FORMS: Readonly<Record<string, { argument: boolean; words: string }>> = {
	m: { argument: true, words: "method of a request" },
	h: { argument: true, words: 'a header row, "Name: value"' },
	b: { argument: true, words: "the body" },
	c: { argument: true, words: "status code of a response (a number)" },
	t: { argument: true, words: "the content type" },
	d: { argument: true, words: "a host: of the Request-URI, From, To, To-Path or From-Path" },
	u: { argument: true, words: "the Request-URI, To-Path or From-Path" },
	s: { argument: false, words: "a response" },
	q: { argument: false, words: "a request" },
	a: { argument: false, words: "a file, or a reference to one" },
	e: { argument: false, words: "something is wrong: a finding of severity error" },
	all: { argument: false, words: "everything" },
};

/**
 * Takes an expression apart (Pratt). Nothing is known of fields here but `isField`, which decides whether a bare word is one.
 *
 * @throws FilterError
 */
export function parseFilter(text: string, isField: (name: string) => boolean): Node {
	return new Parser(new Lexer(text), isField).whole();
}

class Parser {
	readonly #lexer: Lexer;
	readonly #isField: (name: string) => boolean;
	#depth = 0;

	constructor(lexer: Lexer, isField: (name: string) => boolean) {
		this.#lexer = lexer;
		this.#isField = isField;
	}

	whole(): Node {
		const { text } = this.#lexer;
		if (text.length > LONGEST) throw this.#lexer.fail(LONGEST, 1, `an expression has at most ${LONGEST} characters`);
		if (text.trim() === "") throw this.#lexer.fail(0, 1, "the expression is empty");
		const node = this.#tests(0);
		const rest = this.#lexer.peek();
		if (rest.kind !== "end") throw this.#unexpected(rest, "and, or, or the end");
		return node;
	}

	#tests(least: number): Node {
		this.#enter();
		let left = this.#prefix();
		let chain: Node | undefined;
		for (;;) {
			const token = this.#lexer.peek();
			const operator = token.kind === "op" || token.kind === "word" ? BINDING[token.text] : undefined;
			// mitmproxy needs no "and" between its short forms.
			const implied = operator === undefined && (token.kind === "short" || (left.kind === "short" && startsTest(token)));
			const [power, kind] = implied ? ([AND, "and"] as const) : (operator ?? ([0, "and"] as const));
			if (power === 0 || power <= least) break;
			if (!implied) this.#lexer.next();
			const right = this.#tests(power);
			// One flat list for a chain of the same operator, however long: nothing then nests with its length.
			if (left === chain && left.kind === kind) left.nodes.push(right);
			else left = { kind, nodes: [left, right], at: left.at, length: 0 };
			left.length = right.at + right.length - left.at;
			chain = left;
		}
		this.#depth--;
		return left;
	}

	#prefix(): Node {
		const token = this.#lexer.peek();
		if (token.text === "!" || (token.kind === "word" && token.text === "not")) {
			this.#lexer.next();
			const node = this.#tests(AND);
			return { kind: "not", node, at: token.at, length: node.at + node.length - token.at };
		}
		if (token.kind === "op" && token.text === "(") {
			this.#lexer.next();
			const node = this.#tests(0);
			const close = this.#lexer.next();
			if (close.text !== ")")
				throw close.kind === "end" ? this.#lexer.fail(token.at, 1, "this ( is not closed") : this.#unexpected(close, ")");
			return { ...node, at: token.at, length: close.end - token.at };
		}
		if (token.kind === "short") return this.#short();
		return this.#comparison();
	}

	#short(): Node {
		const token = this.#lexer.next();
		const form = SHORT_FORMS[token.text];
		if (form === undefined) {
			const known = Object.keys(SHORT_FORMS).map((letter) => `~${letter}`);
			throw this.#lexer.fail(token.at, token.end - token.at, `there is no ~${token.text}; there are ${known.join(" ")}`);
		}
		if (!form.argument) return { kind: "short", letter: token.text, text: undefined, at: token.at, length: token.end - token.at };
		const argument = this.#lexer.argument();
		if (argument === undefined)
			throw this.#lexer.fail(token.at, token.end - token.at, `~${token.text} needs something to look for: ${form.words}`);
		return { kind: "short", letter: token.text, text: argument.text, at: token.at, length: argument.end - token.at };
	}

	#comparison(): Node {
		const first = this.#lexer.peek();
		let quantifier: Quantifier | undefined;
		if (first.kind === "word" && (first.text === "any" || first.text === "all")) {
			this.#lexer.next();
			quantifier = first.text;
		}
		const left = this.#arg();
		const node = this.#relation(left, quantifier);
		if (node === undefined) {
			if (quantifier !== undefined) throw this.#unexpected(this.#lexer.peek(), `a comparison, because of ${quantifier}`);
			return { kind: "presence", arg: left, at: left.at, length: left.length };
		}
		// a < b < c means a < b and b < c.
		const links = [node];
		let middle = node.kind === "test" ? node.right : undefined;
		while (middle !== undefined) {
			const more = this.#relation(middle, quantifier);
			if (more === undefined) break;
			links.push(more);
			middle = more.kind === "test" ? more.right : undefined;
		}
		const last = links.at(-1)!;
		return links.length === 1 ? node : { kind: "and", nodes: links, at: left.at, length: last.at + last.length - left.at };
	}

	#relation(left: Arg, quantifier: Quantifier | undefined): Node | undefined {
		const token = this.#lexer.peek();
		if (token.kind !== "op" && token.kind !== "word") return undefined;
		if (token.text === "in") return this.#in(left, false, quantifier);
		if (token.text === "not") {
			this.#lexer.next();
			const after = this.#lexer.peek();
			if (after.text !== "in") throw this.#unexpected(after, "in, after not");
			return this.#in(left, true, quantifier);
		}
		const op = COMPARE[token.text];
		if (op === undefined || !Object.hasOwn(COMPARE, token.text)) return undefined;
		this.#lexer.next();
		const right = this.#arg();
		return { kind: "test", op, left, right, quantifier, at: left.at, length: right.at + right.length - left.at };
	}

	#in(left: Arg, negated: boolean, quantifier: Quantifier | undefined): Node {
		this.#lexer.next();
		const open = this.#lexer.next();
		if (open.text !== "{" || open.kind !== "op") throw this.#unexpected(open, "{");
		const set: { from: Arg; to: Arg | undefined }[] = [];
		for (;;) {
			const from = this.#arg();
			let to: Arg | undefined;
			if (this.#lexer.peek().text === ".." && this.#lexer.peek().kind === "op") {
				this.#lexer.next();
				to = this.#arg();
			}
			set.push({ from, to });
			const token = this.#lexer.next();
			if (token.kind === "op" && token.text === "}") {
				return { kind: "in", left, set, negated, quantifier, at: left.at, length: token.end - left.at };
			}
			if (token.kind === "end") throw this.#lexer.fail(open.at, 1, "this { is not closed");
			if (token.text !== ",") throw this.#unexpected(token, ", or }");
		}
	}

	#arg(): Arg {
		this.#enter();
		const token = this.#lexer.next();
		let arg: Arg;
		if (token.kind === "string") arg = { kind: "literal", text: token.text, quoted: true, at: token.at, length: token.end - token.at };
		else if (token.kind === "word") arg = this.#word(token);
		else throw this.#unexpected(token, "a field or a value");
		while (arg.kind !== "literal" && this.#lexer.peek().text === "[" && this.#lexer.peek().kind === "op") {
			const { end } = this.#lexer.next();
			arg = { kind: "slice", arg, ranges: this.#lexer.ranges(), at: arg.at, length: end - arg.at };
		}
		this.#depth--;
		return arg;
	}

	#word(token: Token): Arg {
		const span = { at: token.at, length: token.end - token.at };
		const after = this.#lexer.peek();
		if (after.kind === "op" && after.text === "(" && after.at === token.end) {
			this.#lexer.next();
			const args = [this.#arg()];
			for (let next = this.#lexer.next(); next.text !== ")"; next = this.#lexer.next()) {
				if (next.kind === "end") throw this.#lexer.fail(after.at, 1, "this ( is not closed");
				if (next.text !== ",") throw this.#unexpected(next, ", or )");
				args.push(this.#arg());
			}
			return { kind: "call", name: token.text, args, ...span };
		}
		if (this.#isField(token.text)) return { kind: "field", name: token.text, ...span };
		return { kind: "literal", text: token.text, quoted: false, ...span };
	}

	#enter(): void {
		if (++this.#depth > DEEPEST) {
			const { at } = this.#lexer.peek();
			throw this.#lexer.fail(at, 1, `nested deeper than ${DEEPEST} levels`);
		}
	}

	#unexpected(token: Token, wanted: string): Error {
		if (token.kind === "end") return this.#lexer.fail(Math.max(0, token.at - 1), 1, `the expression ends too early: ${wanted} is missing`);
		const shown = token.kind === "string" ? "a text" : token.kind === "short" ? `~${token.text}` : token.text;
		return this.#lexer.fail(token.at, token.end - token.at, `${shown} is not expected here, but ${wanted}`);
	}
}

function startsTest(token: Token): boolean {
	if (token.kind === "word" || token.kind === "string") return BINDING[token.text] === undefined;
	return token.kind === "op" && (token.text === "(" || token.text === "!");
}
