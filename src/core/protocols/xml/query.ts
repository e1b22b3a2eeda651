import type { XmlElement } from "./types.js";

/** First child element with that local name, whatever its namespace. */
export function child(element: XmlElement | undefined, local: string): XmlElement | undefined {
	if (element === undefined) return undefined;
	for (const candidate of element.children) if (candidate.local === local) return candidate;
	return undefined;
}

/** All child elements with that local name, in order. */
export function children(element: XmlElement | undefined, local: string): XmlElement[] {
	return element === undefined ? [] : element.children.filter((candidate) => candidate.local === local);
}

/** Trimmed text of the first child with that local name; undefined when there is no such child. */
export function childText(element: XmlElement | undefined, local: string): string | undefined {
	return child(element, local)?.text.trim();
}

/** Value of the attribute with that local name; without prefix wins over with one. */
export function attribute(element: XmlElement, local: string): string | undefined {
	let found: string | undefined;
	for (const candidate of element.attributes) {
		if (candidate.local !== local) continue;
		if (candidate.namespace === "") return candidate.value;
		found ??= candidate.value;
	}
	return found;
}

/** An unsigned decimal number up to 2^53-1; undefined for anything else. */
export function unsigned(text: string | undefined): number | undefined {
	if (text === undefined || !/^\d{1,16}$/.test(text)) return undefined;
	const value = Number(text);
	return Number.isSafeInteger(value) ? value : undefined;
}
