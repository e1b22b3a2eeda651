import { plus } from "../../protocols/msrp/byte-range.js";
import type { ByteRange } from "../../protocols/msrp/types.js";
import { rangeText } from "../../relay/mend-msrp.js";
import { removeEdit, rowsNamed, sectionOf, valueEdit } from "../message/headers.js";
import { defineAction } from "./types.js";

const FAULTS = [
	"gap",
	"overlap",
	"short-total",
	"long-total",
	"unknown-total",
	"unknown-end",
	"zero-start",
	"inverted",
	"missing",
] as const;

export const BYTE_RANGE = defineAction({
	name: "byte-range",
	title: "Byte-Range does not say what it should (RFC 4975 §7.1.1).",
	doc: "The faults gap and overlap move the chunk by some octets up or down, short-total and long-total change the total; unknown-total and unknown-end write *, which is legal; zero-start begins at 0, inverted ends before it begins, missing takes the header out. The first chunk of a message cannot be moved down.",
	protocols: ["msrp"],
	needs: "head",
	options: {
		fault: { type: "choice", values: FAULTS, required: true, doc: "what is wrong" },
		by: { type: "integer", default: 10, min: 1, max: 1_000_000_000, doc: "octets by which it is" },
	},
	main: "fault",
	example: `- name: a hole in the message
  match: msrp.method == "SEND" && !(msrp.byte.range matches "^1-")
  actions:
    - byte-range: {fault: gap, by: 7}`,
	act({ fault, by }, context) {
		const range = context.msrp?.byteRange;
		const section = sectionOf(context, "msrp");
		const row = section === undefined ? undefined : rowsNamed(section, "Byte-Range")[0];
		if (section === undefined || row === undefined || !range) return undefined;
		const wrong = fault === "missing" ? undefined : changed(range, fault, by);
		if (wrong === undefined && fault !== "missing") return undefined;
		const edit = wrong === undefined ? removeEdit(section, row) : valueEdit(section, row, rangeText(wrong));
		return edit === undefined ? undefined : { edits: [{ ...edit, why: fault }], fix: false };
	},
});

/** Undefined where that fault cannot be. */
function changed(range: ByteRange, fault: Exclude<(typeof FAULTS)[number], "missing">, by: number): ByteRange | undefined {
	const { start, end, total } = range;
	const moved = (n: number): ByteRange => ({ start: plus(start, n), end: end === undefined ? undefined : plus(end, n), total });
	switch (fault) {
		case "gap":
			return moved(by);
		case "overlap":
			return start > 1 ? moved(start > by ? -by : -Number(plus(start, -1))) : undefined;
		case "short-total":
			return total === undefined ? undefined : { start, end, total: total > by ? plus(total, -by) : 0 };
		case "long-total":
			return total === undefined ? undefined : { start, end, total: plus(total, by) };
		case "unknown-total":
			return { start, end, total: undefined };
		case "unknown-end":
			return { start, end: undefined, total };
		case "zero-start":
			return { start: 0, end, total };
		case "inverted":
			return { start: plus(start, by + 1), end: start, total };
	}
}
