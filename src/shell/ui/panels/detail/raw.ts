import { type Span, span, wrapLine } from "../../draw/cells.js";
import { frameOf } from "../../store/row.js";
import { evidenceIn } from "./evidence.js";
import { lineStarts, octetSpans } from "./octets.js";
import { type Subject, type Tab, type Text, type TextLine, type TextOptions, textOf } from "./types.js";

/** Octets of one line; what is longer goes on in the next one. */
const LONGEST = 2048;
/** Octets that are wrapped beforehand; more is not wrapped, so that it opens at once. */
const WRAPPED = 256 << 10;

/** The message as text. Line ends that are not CR LF, and all other control characters, are shown. */
export const rawTab: Tab = {
	title: "raw",
	text({ entry }: Subject, { width, wrap }: TextOptions): Text {
		const frame = frameOf(entry);
		if (frame === undefined) return textOf([{ line: [span("  no octets are kept of this", "dim")] }]);
		const { bytes, start, end } = frame;
		const marks = evidenceIn(entry).map((one) => ({ start: one.start + start, end: one.end + start }));
		const starts = lineStarts(bytes, start, end, LONGEST);
		const body = frame.bodyOffset < 0 ? end : start + frame.bodyOffset;
		const missing = frame.length - (end - start);
		const line = (index: number): Span[] => {
			const from = starts[index]!;
			const to = starts[index + 1]!;
			const feed = bytes[to - 1] === 10;
			const carriage = feed && bytes[to - 2] === 13 && to - 2 >= from;
			const tone = index === 0 ? "request" : from < body ? "text" : "strong";
			const spans = octetSpans(bytes, from, feed ? to - (carriage ? 2 : 1) : to, marks, tone);
			if (feed && !carriage) spans.push(span("␊", "warn"));
			if (!feed && index < starts.length - 2) spans.push(span("⋯", "dim"));
			return spans;
		};
		const count = starts.length - 1;
		const tail: TextLine[] = missing > 0 ? [{ line: [span(`(${missing} more octets were not kept)`, "warn")] }] : [];
		if (!wrap || end - start > WRAPPED) {
			return {
				length: count + tail.length,
				at: (index) => (index < count ? { line: line(index) } : (tail[index - count] ?? { line: [] })),
			};
		}
		const lines: TextLine[] = [];
		for (let index = 0; index < count; index++) for (const one of wrapLine(line(index), width, 2)) lines.push({ line: one });
		return textOf([...lines, ...tail]);
	},
};
