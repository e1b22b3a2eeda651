import picocolors from "picocolors";
import { type Palette, PLAIN_PALETTE } from "../../core/export/palette.js";
import type { Io } from "./io.js";

export type ColourChoice = "auto" | "always" | "never";

/** no-color.org: any value but the empty one switches colour off. */
export function wantsColour(choice: ColourChoice, stream: Io["stdout"], env: Io["env"]): boolean {
	if (choice !== "auto") return choice === "always";
	return stream.isTTY === true && !env["NO_COLOR"] && env["TERM"] !== "dumb";
}

export function palette(colour: boolean): Palette {
	if (!colour) return PLAIN_PALETTE;
	const paint = picocolors.createColors(true);
	return {
		dim: paint.dim,
		bold: paint.bold,
		request: (text) => paint.bold(paint.cyan(text)),
		success: paint.green,
		failure: paint.red,
		session: paint.blue,
		protocol: paint.magenta,
		severity: { error: (text) => paint.bold(paint.red(text)), warn: paint.yellow, note: paint.cyan, chat: paint.dim },
		classes: {
			system: (text) => paint.bold(paint.magenta(text)),
			group: paint.green,
			private: (text) => paint.bold(paint.yellow(text)),
			quiet: paint.dim,
			odd: paint.red,
		},
	};
}
