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
	const pattern = compiled(source, RE2JS.CASE_INSENSITIVE);
	return (text) => pattern.test(text);
}

function compiled(source: string, flags: number): RE2JS {
	let pattern: RE2JS;
	try {
		pattern = RE2JS.compile(source, flags);
	} catch (error) {
		if (!(error instanceof RE2JSException)) throw error;
		throw new Error(error.message.replace(/^error parsing regexp: /, "regular expression: "));
	}
	if (pattern.programSize() > LARGEST) throw new Error("regular expression: too large; use smaller repeat counts");
	return pattern;
}

/** One place where an expression was found; `groups[n]` is what its n-th group stands for. */
export interface Found {
	start: number;
	end: number;
	groups: (string | undefined)[];
}

const SEARCHES = new Map<string, RE2JS>();
/** compiled expressions that are kept */
const MOST_SEARCHES = 1_000;

/**
 * The places in a text where the expression is found, first to last, not overlapping and none of them empty. Letter case counts;
 * (?i) at the start says otherwise.
 *
 * @throws Error with the reason in words
 */
export function compileSearch(source: string): (text: string, most: number) => Found[] {
	let pattern = SEARCHES.get(source);
	if (pattern === undefined) {
		pattern = compiled(source, 0);
		if (SEARCHES.size >= MOST_SEARCHES) SEARCHES.clear();
		SEARCHES.set(source, pattern);
	}
	const ready = pattern;
	return (text, most) => {
		const found: Found[] = [];
		const matcher = ready.matcher(text);
		while (found.length < most && matcher.find()) {
			const [start, end] = [matcher.start(), matcher.end()];
			if (end === start) continue;
			const groups = Array.from({ length: Math.min(10, matcher.groupCount() + 1) }, (_, n) => matcher.group(n) ?? undefined);
			found.push({ start, end, groups });
		}
		return found;
	};
}
