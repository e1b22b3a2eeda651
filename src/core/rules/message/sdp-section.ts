import type { ActionContext } from "../actions/types.js";
import type { HeaderSection, Row } from "./headers.js";
import { contentOf } from "./parts.js";

const LINE = /^([A-Za-z])=([^\r\n]*)(\r?\n|\r|$)/;

/**
 * The lines of the SDP in a message: those of the session and of its first message medium (of its first medium where there is none).
 * An attribute is called "a=NAME", any other line by its letter. New lines go behind the last of their section, c= and i= behind m=.
 */
export function sdpSection(message: Pick<ActionContext, "octets" | "sip" | "msrp" | "whole">): HeaderSection | undefined {
	const content = contentOf(message, "application/sdp");
	if (content === undefined || content.end === content.start) return undefined;
	const all: (Row & { section: number; line: string })[] = [];
	const { octets } = message;
	let section = 0;
	let wanted = 0;
	for (let at = content.start; at < content.end; ) {
		const feed = octets.indexOf(10, at);
		const end = feed < 0 || feed >= content.end ? content.end : feed + 1;
		const found = LINE.exec(octets.toString("latin1", at, end));
		if (found !== null) {
			const [, letter = "", value = "", lineEnd = ""] = found;
			if (letter === "m") section++;
			if (letter === "m" && wanted === 0 && /^message\s/.test(value)) wanted = section;
			const attribute = letter === "a" ? /^[^:\s]+/.exec(value)?.[0] : undefined;
			const name = attribute === undefined ? letter : `a=${attribute}`;
			const valueEnd = end - lineEnd.length;
			// An attribute without a value has one of no octets where it would stand.
			const valueStart = Math.min(valueEnd, at + (attribute === undefined ? 2 : 2 + attribute.length + 1));
			all.push({
				name,
				key: name.toLowerCase(),
				value: octets.toString("utf8", valueStart, valueEnd),
				start: at,
				end,
				valueStart,
				valueEnd,
				section,
				line: letter,
			});
		}
		at = end;
	}
	const medium = wanted === 0 ? 1 : wanted;
	const rows = all.filter((row) => row.section === 0 || row.section === medium);
	const own = rows.filter((row) => row.section === medium);
	const last = own.at(-1) ?? rows.at(-1);
	if (last === undefined) return undefined;
	const eol = octets[last.end - 1] !== 10 || octets[last.end - 2] === 13 ? "\r\n" : "\n";
	return {
		scope: "sdp",
		rows,
		eol,
		place: (name) => (/^[ciIC]$/.test(name) && own.length > 0 ? own[0]!.end : last.end),
		spelling: (name) => name,
		before: octets[last.end - 1] === 10 ? "" : eol,
		write: (name, value) => (name.includes("=") ? `${name}${value === "" ? "" : `:${value}`}${eol}` : `${name}=${value}${eol}`),
		valued: (row, value) =>
			row.valueStart === row.start + row.name.length && row.name.startsWith("a=") && value !== "" ? `:${value}` : value,
	};
}
