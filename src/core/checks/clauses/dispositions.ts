import { parseHeaderBlock, parseParameterized } from "../../protocols/mime/index.js";
import { about, excerpt } from "./say.js";
import type { ClauseCheck, MessageContext } from "./types.js";

/** C15. `render` and `inline` ask for automatic rendering: they are no case of it. */
export const C15: ClauseCheck = {
	id: "C15",
	title: "content that is not to be rendered by itself is an attachment, said on the MSRP SEND",
	roles: ["SC"],
	level: "MUST",
	when: "Content-Disposition other than render or inline, no IMDN; profile oma",
	clause: "CR 7.1.3.2-1, -2; RFC 2183 §2",
	evidence: "Content-Disposition",
	create: (scope) => ({
		message(context) {
			const { entry, cpim, verdict } = context;
			if (entry.protocol !== "msrp" || verdict.headline === "imdn" || !context.oma) return;
			const outer = entry.msrp.get("content-disposition");
			const value = outer ?? cpim?.contentDisposition;
			if (value === undefined) return;
			const { value: type, faultAt } = parseParameterized(value);
			if (type === "render" || type === "inline") return;
			const more = { excerpt: excerpt(`Content-Disposition: ${value}`), blame: context.author };
			if (faultAt >= 0) scope.say(about(context, "violation", "the parameters do not parse", more));
			else if (type !== "attachment") scope.say(about(context, "violation", `disposition type ${type}, not attachment`, more));
			else if (outer === undefined) scope.say(about(context, "info", "attachment is said inside the CPIM only, not on the SEND", more));
			else scope.say(about(context, "pass", "attachment", more));
		},
	}),
};

/** C16. */
export const C16: ClauseCheck = {
	id: "C16",
	title: "content by reference has access-type URL, URL, expiration, and describes what it leads to",
	roles: ["SC"],
	level: "SHOULD",
	when: "message/external-body",
	clause: "CR 7.1.3.2-3; RFC 4483 §5",
	evidence: "parameters of message/external-body and the headers inside",
	create: (scope) => ({
		message(context) {
			const part = external(context);
			if (part === undefined) return;
			const missing: string[] = [];
			if (part.params.get("access-type")?.toLowerCase() !== "url") missing.push('access-type="URL"');
			for (const name of ["url", "expiration"]) if ((part.params.get(name) ?? "") === "") missing.push(name);
			for (const name of ["content-type", "content-disposition"]) if (!part.inner.has(name)) missing.push(`inner ${name}`);
			const list = [...part.params].map(([name, value]) => `${name}="${value}"`).join("; ");
			const more = { excerpt: excerpt(`message/external-body; ${list}`), blame: context.author };
			if (missing.length === 0) scope.say(about(context, "pass", "all there", more));
			else scope.say(about(context, "violation", `missing: ${missing.join(", ")}`, more));
		},
	}),
};

/** Octets of an external body that hold headers. */
const HEAD = 16 << 10;

function external({ entry, cpim, bytes, type }: MessageContext): { params: ReadonlyMap<string, string>; inner: Set<string> } | undefined {
	if (cpim?.contentType === "message/external-body" && bytes !== undefined) {
		return {
			params: cpim.contentTypeParams,
			inner: names(bytes.toString("latin1", cpim.contentStart, Math.min(cpim.contentEnd, cpim.contentStart + HEAD))),
		};
	}
	if (type !== "message/external-body" || entry.protocol !== "msrp" || entry.message === undefined) return undefined;
	const { params } = parseParameterized(entry.message.contentType ?? "");
	return { params, inner: names(entry.message.content.toString("latin1", 0, HEAD)) };
}

/** RFC 4483 §5: the headers of what is referred to; an empty line may come first, as after any header block. */
function names(text: string): Set<string> {
	const start = text.startsWith("\r\n") ? 2 : 0;
	return new Set(parseHeaderBlock(text, start, text.length).headers.map(({ key }) => key));
}
