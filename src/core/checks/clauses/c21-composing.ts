import { childText, parseXml } from "../../protocols/xml/index.js";
import { about, excerpt } from "./say.js";
import type { ClauseCheck, MessageContext } from "./types.js";

const NAMESPACE = "urn:ietf:params:xml:ns:im-iscomposing";
const TYPE = "application/im-iscomposing+xml";
/** seconds, RFC 3994 §3.2 */
const SHORTEST = 60;

/** C21. */
export const C21: ClauseCheck = {
	id: "C21",
	title: "isComposing is XML 1.0 in UTF-8 with its namespace and a state; refresh is 60 s or more (SHOULD)",
	roles: ["SC"],
	level: "MUST",
	when: "application/im-iscomposing+xml",
	clause: "CR 7.1.3.4; RFC 3994 §3.2, §6",
	evidence: "the document",
	create: (scope) => ({
		message(context) {
			const octets = document(context);
			if (octets === undefined) return;
			const more = { excerpt: excerpt(octets.toString("utf8", 0, 400).replace(/\s+/g, " ")), blame: context.author };
			const wrong = wrongWith(octets, scope.limits.xml);
			if (wrong === undefined) scope.say(about(context, "pass", "well formed", more));
			else scope.say(about(context, "violation", wrong, more));
		},
	}),
};

function document({ entry, type, cpim, bytes }: MessageContext): Buffer | undefined {
	if (cpim?.contentType === TYPE && bytes !== undefined) return bytes.subarray(cpim.contentStart, cpim.contentEnd);
	if (type !== TYPE) return undefined;
	if (entry.protocol === "msrp") return entry.message?.content;
	const start = entry.sip.start + entry.sip.bodyOffset;
	return entry.sip.bytes.subarray(start, start + entry.sip.bodyKept);
}

function wrongWith(octets: Buffer, limit: number): string | undefined {
	const { root, error } = parseXml(octets, 0, octets.length, limit);
	if (root === undefined || error !== undefined) return `the XML does not parse: ${error ?? ""}`;
	const declaration = /^\s*<\?xml([^>]*)\?>/.exec(octets.toString("latin1", 0, 200))?.[1] ?? "";
	const version = /version\s*=\s*["']([^"']*)/.exec(declaration)?.[1];
	const encoding = /encoding\s*=\s*["']([^"']*)/.exec(declaration)?.[1];
	if (version !== undefined && version !== "1.0") return `XML ${version}, not 1.0`;
	if (encoding !== undefined && !/^utf-?8$/i.test(encoding)) return `encoding ${encoding}, not UTF-8`;
	if (!isUtf8(octets)) return "not UTF-8";
	if (root.local !== "isComposing") return `the root element is ${root.local}`;
	if (root.namespace !== NAMESPACE) return `namespace ${root.namespace === "" ? "missing" : root.namespace}`;
	if ((childText(root, "state") ?? "") === "") return "no state";
	const refresh = childText(root, "refresh");
	if (refresh === undefined) return undefined;
	if (!/^\d+$/.test(refresh)) return `refresh "${refresh}" is no number`;
	return Number(refresh) < SHORTEST ? `refresh ${refresh} s, SHOULD be ${SHORTEST} or more` : undefined;
}

function isUtf8(octets: Buffer): boolean {
	return Buffer.compare(Buffer.from(octets.toString("utf8"), "utf8"), octets) === 0;
}
