/**
 * A copy that does not keep the text alive that it was cut from: engines represent a substring
 * as a reference into its parent, here the whole head of a message.
 */
export function owned(text: string): string {
	return text.length < 13 ? text : ` ${text}`.slice(1);
}

const interned = new Map<string, string>();
/** As `owned`, for words with few different values (media types, transports). The table is bounded. */
export function word(text: string): string {
	let known = interned.get(text);
	if (known === undefined) {
		if (interned.size > 256 || text.length > 64) return owned(text);
		known = owned(text);
		interned.set(known, known);
	}
	return known;
}

/** 53-bit hash of a latin1 text or octets, to tell whether content changed. Not for hostile input. */
export class ContentHash {
	#high = 0xdeadbeef;
	#low = 0x41c6ce57;

	add(text: string): void {
		let high = this.#high;
		let low = this.#low;
		for (let i = 0; i < text.length; i++) {
			const code = text.charCodeAt(i);
			high = Math.imul(high ^ code, 2654435761);
			low = Math.imul(low ^ code, 1597334677);
		}
		this.#high = Math.imul(high ^ 10, 2654435761);
		this.#low = Math.imul(low ^ 10, 1597334677);
	}

	value(): number {
		const high = Math.imul(this.#high ^ (this.#high >>> 16), 2246822507) ^ Math.imul(this.#low ^ (this.#low >>> 13), 3266489909);
		const low = Math.imul(this.#low ^ (this.#low >>> 16), 2246822507) ^ Math.imul(this.#high ^ (this.#high >>> 13), 3266489909);
		return 4294967296 * (2097151 & low) + (high >>> 0);
	}
}

/** Position after a quoted display name and the "<...>" part: where header parameters begin. */
function paramsStart(value: string): number {
	const open = value.indexOf("<");
	if (open < 0) return value.indexOf(";");
	let from = open;
	const quote = value.indexOf('"');
	if (quote >= 0 && quote < open) {
		let i = quote + 1;
		while (i < value.length && value.charCodeAt(i) !== 0x22) i += value.charCodeAt(i) === 0x5c ? 2 : 1;
		from = value.indexOf("<", i);
		if (from < 0) return value.indexOf(";", i);
	}
	const close = value.indexOf(">", from);
	return close < 0 ? -1 : value.indexOf(";", close);
}

/** The tag parameter of a From or To value; "" when there is none (RFC 3261 §19.3). */
export function tagOf(value: string): string {
	const from = paramsStart(value);
	return from < 0 ? "" : (parameter(value, from, "tag") ?? "");
}

/**
 * Value of a `;name=value` parameter at or after `from`, "" when it is there without a value. `name` in lower case.
 * Quoted values are given without their quotes.
 */
export function parameter(text: string, from: number, name: string): string | undefined {
	let at = text.indexOf(";", from);
	while (at >= 0) {
		let start = at + 1;
		while (isBlank(text.charCodeAt(start))) start++;
		const next = nextSemicolon(text, start);
		const end = next < 0 ? text.length : next;
		if (matchesName(text, start, name)) {
			let i = start + name.length;
			while (isBlank(text.charCodeAt(i))) i++;
			if (i >= end) return "";
			if (text.charCodeAt(i) === 0x3d) {
				const value = text.slice(i + 1, end).trim();
				return value.length > 1 && value.charCodeAt(0) === 0x22 ? value.slice(1, -1) : value;
			}
		}
		at = next;
	}
	return undefined;
}

function nextSemicolon(text: string, from: number): number {
	const semicolon = text.indexOf(";", from);
	const quote = text.indexOf('"', from);
	if (quote < 0 || semicolon < quote) return semicolon;
	let i = quote + 1;
	while (i < text.length && text.charCodeAt(i) !== 0x22) i += text.charCodeAt(i) === 0x5c ? 2 : 1;
	return text.indexOf(";", i);
}

function matchesName(text: string, at: number, name: string): boolean {
	for (let i = 0; i < name.length; i++) {
		const code = text.charCodeAt(at + i);
		if ((code >= 0x41 && code <= 0x5a ? code | 0x20 : code) !== name.charCodeAt(i)) return false;
	}
	const after = text.charCodeAt(at + name.length);
	return Number.isNaN(after) || after === 0x3d || after === 0x3b || isBlank(after);
}

function isBlank(code: number): boolean {
	return code === 0x20 || code === 0x09;
}

/** The URI of a name-addr or addr-spec value: between "<>", else up to the first ";" (RFC 3261 §20). */
export function uriOf(value: string): string {
	const quote = value.indexOf('"');
	let open = value.indexOf("<");
	if (open < 0) {
		const semicolon = value.indexOf(";");
		return (semicolon < 0 ? value : value.slice(0, semicolon)).trim();
	}
	if (quote >= 0 && quote < open) {
		let i = quote + 1;
		while (i < value.length && value.charCodeAt(i) !== 0x22) i += value.charCodeAt(i) === 0x5c ? 2 : 1;
		open = value.indexOf("<", i);
		if (open < 0) return value;
	}
	const close = value.indexOf(">", open);
	return value.slice(open + 1, close < 0 ? undefined : close).trim();
}
