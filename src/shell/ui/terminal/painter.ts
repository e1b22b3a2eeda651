import { isPlain } from "../../../core/export/escape.js";
import { displayWidth } from "../../../core/export/width.js";
import type { Line } from "../draw/cells.js";
import { drawable, segments } from "../draw/graphemes.js";
import type { Styles } from "../theme/sgr.js";

/** Text that is one column a character wherever it is drawn: ASCII, and the signs and boxes that panels draw. */
const SINGLE = /^[ -~─│├┤┬┴┼╌▶◀▾▸●‹›…×≠✗·→↺┃␊⋯«»–—’ -ÿ↑↓←]*$/;

/**
 * What changed between two frames, as octets for a terminal. Lines are drawn whole, each at its place; after every character whose
 * width terminals may not agree on, the column is set anew, so that what follows stands where it belongs.
 */
export class Painter {
	#styles: Styles;
	#drawn: string[] = [];

	constructor(styles: Styles) {
		this.#styles = styles;
	}

	/** Other colours: everything is drawn again. */
	restyle(styles: Styles): void {
		this.#styles = styles;
		this.forget();
	}

	/** What is on the screen is not known any more. */
	forget(): void {
		this.#drawn = [];
	}

	/** "" where nothing changed. */
	paint(lines: readonly Line[]): string {
		let out = "";
		const all = this.#drawn.length === 0;
		for (const [row, line] of lines.entries()) {
			const text = this.#line(line);
			if (!all && this.#drawn[row] === text) continue;
			this.#drawn[row] = text;
			out += `\x1b[${row + 1};1H${text}`;
		}
		this.#drawn.length = lines.length;
		if (all) out = `\x1b[0m\x1b[2J${out}`;
		return out === "" ? "" : `${out}\x1b[0m`;
	}

	#line(line: Line): string {
		let out = "";
		let style = "";
		let column = 1;
		for (const { text, tone, ground } of line) {
			if (text === "") continue;
			const sgr = this.#styles.sgr(tone, ground ?? "plain");
			if (sgr !== style) {
				out += sgr;
				style = sgr;
			}
			if (SINGLE.test(text)) {
				out += text;
				column += text.length;
				continue;
			}
			for (const piece of segments(isPlain(text) ? text : drawable(text))) {
				out += piece;
				column += displayWidth(piece);
				if (!SINGLE.test(piece)) out += `\x1b[${column}G`;
			}
		}
		return out;
	}
}
