const LINE_BREAK = /[\r\n\0]+/g;

/** Header rows as "Name: value" lines; what is undefined is left out. A value never makes a second line. */
export function rows(list: readonly (readonly [name: string, value: string | undefined])[]): string {
	let text = "";
	for (const [name, value] of list) if (value !== undefined) text += `${name}: ${value.replace(LINE_BREAK, " ")}\r\n`;
	return text;
}

export function escapeXml(text: string): string {
	return text
		.replaceAll("&", "&amp;")
		.replaceAll("<", "&lt;")
		.replaceAll(">", "&gt;")
		.replaceAll('"', "&quot;")
		.replace(/[\x00-\x08\x0b\x0c\x0e-\x1f]/g, "\ufffd");
}

/** A SIP quoted-string (RFC 3261 §25.1). */
export function quoted(text: string): string {
	return `"${text.replace(LINE_BREAK, " ").replace(/["\\]/g, "\\$&")}"`;
}
