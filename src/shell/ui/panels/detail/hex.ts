import { type Span, span } from "../../draw/cells.js";
import { frameOf } from "../../store/row.js";
import { evidenceIn } from "./evidence.js";
import { type Subject, type Tab, type Text, type TextOptions, textOf } from "./types.js";

const HEX: readonly string[] = Array.from({ length: 256 }, (_, octet) => octet.toString(16).padStart(2, "0"));
/** offset, two groups of eight, text */
const SIXTEEN = 8 + 2 + 16 * 3 + 1 + 1 + 16;

/** Sixteen octets a line, eight where there is no room. */
export const hexTab: Tab = {
	title: "hex",
	text({ entry }: Subject, { width }: TextOptions): Text {
		const frame = frameOf(entry);
		if (frame === undefined) return textOf([{ line: [span("  no octets are kept of this", "dim")] }]);
		const { bytes, start, end } = frame;
		const marks = evidenceIn(entry);
		const marked = (offset: number): boolean => marks.some((one) => offset >= one.start && offset < one.end);
		const step = width >= SIXTEEN ? 16 : 8;
		const length = end - start;
		const missing = frame.length - length;
		const rows = Math.ceil(length / step);
		return {
			length: rows + (missing > 0 ? 1 : 0),
			at(index) {
				if (index >= rows) return { line: [span(`(${missing} more octets were not kept)`, "warn")] };
				const from = index * step;
				const line: Span[] = [span(`${from.toString(16).padStart(8, "0")} `, "dim")];
				const text: Span[] = [];
				for (let at = from; at < from + step; at++) {
					if (at - from === 8) line.push(span(" "));
					if (at >= length) {
						line.push(span("   "));
						continue;
					}
					const octet = bytes[start + at]!;
					const ground = marked(at) ? "evidence" : undefined;
					const printable = octet >= 0x20 && octet < 0x7f;
					line.push(span(" "), span(HEX[octet]!, printable ? "text" : "dim", ground));
					text.push(span(printable ? String.fromCharCode(octet) : "·", printable ? "text" : "dim", ground));
				}
				return { line: [...line, span("  "), ...text] };
			},
		};
	},
};
