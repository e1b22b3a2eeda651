/** Character classes of RFC 3261 §25.1 as tables, for scanners that walk octets. */

const TOKEN = new Uint8Array(256);
for (const char of "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-.!%*_+`'~") TOKEN[char.charCodeAt(0)] = 1;

/** RFC 3261 token character. */
export function isTokenChar(code: number): boolean {
	return code < 256 && TOKEN[code] === 1;
}

/** text[start, end) is a non-empty RFC 3261 token. */
export function isToken(text: string, start = 0, end = text.length): boolean {
	if (start >= end) return false;
	for (let i = start; i < end; i++) if (!isTokenChar(text.charCodeAt(i))) return false;
	return true;
}

/** Linear white space as it stands on the wire: SP, HTAB and the line ends of folds. */
export function isSpace(code: number): boolean {
	return code === 32 || code === 9 || code === 13 || code === 10;
}

export function skipSpace(text: string, start: number, end: number): number {
	let i = start;
	while (i < end && isSpace(text.charCodeAt(i))) i++;
	return i;
}

export function trimEnd(text: string, start: number, end: number): number {
	let i = end;
	while (i > start && isSpace(text.charCodeAt(i - 1))) i--;
	return i;
}

export function isDigits(text: string, start = 0, end = text.length): boolean {
	if (start >= end) return false;
	for (let i = start; i < end; i++) {
		const code = text.charCodeAt(i);
		if (code < 48 || code > 57) return false;
	}
	return true;
}

/** Position after the quoted string that opens at `start`; -1 when it is not closed before `end` (RFC 3261 §25.1). */
export function endOfQuoted(text: string, start: number, end: number): number {
	for (let i = start + 1; i < end; i++) {
		const code = text.charCodeAt(i);
		if (code === 34) return i + 1;
		if (code === 92) i++;
	}
	return -1;
}

/** Content of a quoted string with its quoted-pairs resolved; other text comes back as it is. */
export function unquote(text: string): string {
	if (text.charCodeAt(0) !== 34) return text;
	const closed = text.length > 1 && text.charCodeAt(text.length - 1) === 34;
	const inner = text.slice(1, closed ? -1 : undefined);
	return inner.includes("\\") ? inner.replace(/\\([\s\S])/g, "$1") : inner;
}
