import type { SdpMsrp } from "./types.js";

type FileSelector = NonNullable<SdpMsrp["fileSelector"]>;
type FileRange = NonNullable<SdpMsrp["fileRange"]>;

/**
 * The value of a=file-selector (RFC 5547 §6): `name:"…" type:… size:… hash:algorithm:value`, in any order.
 * The name loses its quotes and %-escapes; type and hash stay as written (a type may hold quoted parameters).
 * Selectors that repeat or are unknown are passed over, a size that is no safe number is left out. Never throws.
 */
export function parseFileSelector(value: string): FileSelector {
	const selector: FileSelector = {};
	for (const item of splitOutsideQuotes(value)) {
		const colon = item.indexOf(":");
		if (colon < 0) continue;
		const content = item.slice(colon + 1);
		switch (item.slice(0, colon)) {
			case "name":
				selector.name ??= unescapePercent(content.replace(/^"/, "").replace(/"$/, ""));
				break;
			case "type":
				selector.type ??= content;
				break;
			case "size":
				if (/^\d{1,16}$/.test(content) && Number.isSafeInteger(Number(content))) selector.size ??= Number(content);
				break;
			case "hash":
				selector.hash ??= content;
				break;
		}
	}
	return selector;
}

/** The value of a=file-range (RFC 5547 §6): 1-based first and last octet, `end` undefined for "*". */
export function parseFileRange(value: string): FileRange | undefined {
	const match = /^\s*(\d{1,16})-(\d{1,16}|\*)\s*$/.exec(value);
	if (match === null) return undefined;
	return { start: Number(match[1]), end: match[2] === "*" ? undefined : Number(match[2]) };
}

function splitOutsideQuotes(value: string): string[] {
	const items: string[] = [];
	let itemStart = 0;
	let quoted = false;
	for (let pos = 0; pos <= value.length; pos++) {
		const code = pos === value.length ? 0x20 : value.charCodeAt(pos);
		if (code === 0x22) quoted = !quoted;
		else if (code === 0x20 && (!quoted || pos === value.length)) {
			if (pos > itemStart) items.push(value.slice(itemStart, pos));
			itemStart = pos + 1;
		}
	}
	return items;
}

/** %-escapes are octets of UTF-8 (RFC 5547 §6, RFC 3986 §2.1); a "%" that escapes nothing stays. */
function unescapePercent(text: string): string {
	if (!text.includes("%")) return text;
	const octets = Buffer.from(text, "utf8").toString("latin1");
	const decoded = octets.replace(/%([0-9A-Fa-f]{2})/g, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));
	return Buffer.from(decoded, "latin1").toString("utf8");
}
