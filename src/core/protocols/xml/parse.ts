import { SaxesParser, type SaxesTagNS } from "saxes";
import type { XmlDocument, XmlElement } from "./types.js";

const MAX_DEPTH = 64;

/** Ends a parse from within a callback; never leaves this module. */
class Refused extends Error {}

/**
 * Reads buf[start, end) as XML 1.0 with namespaces into a small tree. A document type declaration is refused, and so
 * is every entity but the predefined five: nothing is ever expanded or fetched. Never throws.
 *
 * @param maxOctets longer input is refused unread (Limits.xml)
 */
export function parseXml(buf: Buffer, start: number, end: number, maxOctets: number): XmlDocument {
	if (end - start > maxOctets) return { root: undefined, error: `larger than ${maxOctets} octets` };
	const text = decode(buf, start, end);
	const trimmed = text.trimStart();
	if (trimmed === "") return { root: undefined, error: "empty" };
	const document = parseText(trimmed);
	if (document.error === undefined && trimmed.length !== text.length && trimmed.startsWith("<?xml")) {
		document.error = "white space before the XML declaration";
	}
	return document;
}

function parseText(text: string): XmlDocument {
	const parser = new SaxesParser({ xmlns: true, position: false });
	const open: XmlElement[] = [];
	let root: XmlElement | undefined;
	parser.on("error", (error) => {
		throw new Refused(error.message);
	});
	parser.on("doctype", () => {
		throw new Refused("document type declaration");
	});
	parser.on("opentag", (tag) => {
		const element = toElement(tag);
		const parent = open[open.length - 1];
		if (parent !== undefined) parent.children.push(element);
		else root = element;
		if (open.length >= MAX_DEPTH) throw new Refused(`more than ${MAX_DEPTH} levels`);
		open.push(element);
	});
	const addText = (piece: string): void => {
		const element = open[open.length - 1];
		if (element !== undefined) element.text += piece;
	};
	parser.on("text", addText);
	parser.on("cdata", addText);
	parser.on("closetag", () => {
		open.pop();
	});
	try {
		parser.write(text).close();
	} catch (error) {
		return { root: undefined, error: error instanceof Error ? error.message : "does not parse" };
	}
	return { root, error: root === undefined ? "no element" : undefined };
}

function toElement(tag: SaxesTagNS): XmlElement {
	const attributes = Object.values(tag.attributes).map(({ local, uri, value }) => ({ local, namespace: uri, value }));
	return { local: tag.local, namespace: tag.uri, attributes, children: [], text: "" };
}

/** By byte order mark, else by the encoding that the XML declaration names, else UTF-8 (XML 1.0 appendix F). */
function decode(buf: Buffer, start: number, end: number): string {
	const first = buf[start];
	const second = buf[start + 1];
	if (end - start >= 2 && ((first === 0xff && second === 0xfe) || (first === 0xfe && second === 0xff))) {
		const even = end - ((end - start) & 1);
		const octets = Buffer.from(buf.subarray(start + 2, even));
		return (first === 0xfe ? octets.swap16() : octets).toString("utf16le");
	}
	if (end - start >= 3 && first === 0xef && second === 0xbb && buf[start + 2] === 0xbf) return buf.toString("utf8", start + 3, end);
	const head = buf.toString("latin1", start, Math.min(end, start + 200));
	const declared = /^\s*<\?xml[^>]*\sencoding\s*=\s*["']([^"']+)["']/.exec(head)?.[1]?.toLowerCase();
	return declared === "iso-8859-1" || declared === "latin1" ? buf.toString("latin1", start, end) : buf.toString("utf8", start, end);
}
